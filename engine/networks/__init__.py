"""The classic architectures: built, measured, drawn as graphs, changed, and loaded with weights."""
