"""The view "Growth": filters and strongest patches of the digits net at saved epochs of its training."""
