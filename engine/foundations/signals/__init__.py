"""Convolution along one axis and along three: signals, volumes, the walk through them, and the way back."""
