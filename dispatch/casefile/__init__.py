"""A case's record as one file that proves itself: gathered from the database, checked with nothing but the file."""
