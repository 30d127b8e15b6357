"""Convolution as mathematics: its sum, its laws, its adjoint, its spectrum, in numbers that can be changed."""
