"""The view "Anchors": who gets which anchor of a cell, and anchors made by k-means."""
