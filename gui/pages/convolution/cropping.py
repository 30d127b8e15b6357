"""Which part of a picture the convolution page reads; the arithmetic is that of every page of grids."""

from __future__ import annotations

from gui.widgets.cropping import automatic_pixel_size, inside, placed, same_picture

__all__ = ["automatic_pixel_size", "inside", "placed", "same_picture"]
