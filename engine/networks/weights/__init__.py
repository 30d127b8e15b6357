"""Trained weights: what there is, where it lies, how it is fetched, read and fitted."""
