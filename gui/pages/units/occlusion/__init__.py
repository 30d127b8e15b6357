"""The view "Occlusion": a square that hides a part of the picture, by hand and at every place in turn."""
