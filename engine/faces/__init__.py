"""Faces: found, aligned, turned into numbers, enrolled, recognised; and how a net learns such numbers."""
