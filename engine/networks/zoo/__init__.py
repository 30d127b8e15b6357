"""The networks themselves: torch code where torchvision has none, and the table of all."""
