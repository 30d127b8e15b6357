"""One pixel traced through the whole net: the view, what it draws, and its words."""
