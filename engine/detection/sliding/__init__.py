"""A small net slides over a picture: window by window, and as one convolution."""
