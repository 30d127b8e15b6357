"""What came before convolutional networks: colour histograms, histograms of oriented gradients, visual words."""
