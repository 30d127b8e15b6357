"""The weights page: what trained networks there are, where they come from, and how they get onto this computer."""
