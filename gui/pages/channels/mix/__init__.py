"""The 1x1 convolution as a table of channels, pixel by pixel."""
