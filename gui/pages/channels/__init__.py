"""The page of layers that mix channels: 1x1 convolution, bottleneck, flatten, fully connected."""
