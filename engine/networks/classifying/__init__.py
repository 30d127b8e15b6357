"""From a picture to what a net says about it."""
