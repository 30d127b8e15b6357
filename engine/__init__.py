"""The science of ConvScope: plain Python without Qt, usable from a window, a script or a notebook."""
