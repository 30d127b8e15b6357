"""A folder of pictures before a detector: what lies in it, and what is found in all of it."""
