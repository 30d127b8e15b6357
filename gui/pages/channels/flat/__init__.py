"""Flatten: which pixel of which channel becomes which entry."""
