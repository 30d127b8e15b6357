"""The view "Triplet loss": three points in the plane."""
