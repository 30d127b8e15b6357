"""The same numbers by torch and torchvision: the badges of targets, overlaps, landmarks and cells."""
