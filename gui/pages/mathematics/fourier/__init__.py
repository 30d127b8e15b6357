"""The convolution theorem: on a circle the spectrum of a product is the product of the spectra."""
