"""Certificates of what is refuted: written, drawn, checked and decided again."""
