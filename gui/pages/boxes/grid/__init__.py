"""The view "YOLO grid": labels cell by cell, the target tensor, and the way from a grid of answers to boxes."""
