"""The engine: claims, evidence, search and reports.  It knows nothing about networks."""
