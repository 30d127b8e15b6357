"""The view "One-shot": one photo each, and somebody new."""
