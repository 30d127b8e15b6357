"""Convolution as mathematics: the sum, its laws, its adjoint, its spectrum, in exact numbers where they are whole."""
