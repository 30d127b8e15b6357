"""The view "IoU": how much two boxes have in common."""
