"""The same numbers by torch and torchvision: what stands behind the badges of targets, overlaps and landmarks."""
