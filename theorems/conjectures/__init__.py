"""Open questions: attacked in every run, claimed by nobody."""
