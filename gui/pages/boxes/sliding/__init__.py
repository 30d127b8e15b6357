"""The view "Sliding windows": window by window, and the same net as convolutions."""
