"""The view "Landmarks": numbered points on a face or a hand."""
