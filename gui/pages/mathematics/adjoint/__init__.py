"""The adjoint: both inner products, the matrix and its transpose, and what backpropagation does with it."""
