"""The fully connected layer: matrix, kernels of full size, and those slid over a larger picture."""
