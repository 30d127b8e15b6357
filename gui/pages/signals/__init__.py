"""The page of convolutions along one axis and along three."""
