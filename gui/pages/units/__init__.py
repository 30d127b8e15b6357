"""What a unit sees: from a unit of a net back to the picture."""
