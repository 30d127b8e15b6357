"""Feature maps of any layer, and what they are made of."""
