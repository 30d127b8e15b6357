"""The classification page: a photo, a drawn digit or the camera before a net, and what the net says."""
