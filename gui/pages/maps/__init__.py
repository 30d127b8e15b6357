"""The page of feature maps: every layer of a net while a picture, a drawing, a film or the camera is before it."""
