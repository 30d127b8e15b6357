"""The pooling page: windows, gradients, dice, shifts, pictures."""
