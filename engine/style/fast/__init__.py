"""A small net that is trained on one style and then paints a picture in one pass (Johnson, Alahi and Fei-Fei 2016)."""
