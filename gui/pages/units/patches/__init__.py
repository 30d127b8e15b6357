"""Top patches: the nine pictures in which a unit is strongest, cut to what it reads, each beside its projection."""
