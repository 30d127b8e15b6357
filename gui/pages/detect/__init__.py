"""The page "Live detection": a detector before the drawing board, photos, a folder, a video or the camera."""
