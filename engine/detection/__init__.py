"""Finding things in pictures: boxes, grids with anchors, detectors."""
