"""Curves over named axes: scales, painting, and the widget."""
