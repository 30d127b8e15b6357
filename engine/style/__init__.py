"""Neural style transfer: a picture with the content of one and the manner of another."""
