"""The sum: the kernel flipped and slid, multiplied and added, beside the cross-correlation of the same numbers."""
