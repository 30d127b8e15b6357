"""The view "Region proposals": segments are merged, the boxes become proposals, and three nets look at them."""
