"""Nets of Darknet (YOLO v2 to v4 and their kin) from their .cfg and .weights, as plain PyTorch modules."""

from engine.detection.darknet.loading import load

__all__ = ["load"]
