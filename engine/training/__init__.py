"""How the bundled weights were made: datasets, augmentation, the loop, and one recipe a net.

`python -m engine.training NAME` trains one again; seeds are fixed.
"""
