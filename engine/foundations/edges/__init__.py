"""Kernels that find edges, what they answer on grids and pictures, and how they turn."""
