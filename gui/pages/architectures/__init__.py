"""Page "Architectures": a network as a graph, a table, one traced pixel, beside another one, and why it skips."""
