"""Top patches: where, in a collection of pictures, every unit of a net is strongest, and what it looked at there."""
