"""Filters joined and taken apart: two in a row as one, one as a column times a row."""
