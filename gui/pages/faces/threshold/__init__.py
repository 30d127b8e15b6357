"""The view "Threshold": what a threshold makes of a group, with eyes open."""
