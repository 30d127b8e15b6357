"""How features grow: the bundled digits net at saved epochs of its training."""
