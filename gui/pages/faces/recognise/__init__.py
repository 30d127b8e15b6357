"""The view "Recognise": who is in the picture, how sure that is, and what the net saw."""
