"""What users have: arrays and networks of other libraries, and files, each with a small reader.

No library is needed that the source itself is not made of; each is imported when its source comes.
"""
