"""The page of edges: kernels on a small input, on pictures, as a gradient, turning, side by side."""
