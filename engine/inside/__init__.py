"""Looking inside a net: its feature maps, what a unit responds to, and what gradients say."""
