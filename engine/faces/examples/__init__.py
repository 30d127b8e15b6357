"""Drawn people on a wall: somebody to recognise on the first start, without a camera and without anybody real."""
