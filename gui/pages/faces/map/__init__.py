"""The view "Map": all embeddings of a group in a plane."""
