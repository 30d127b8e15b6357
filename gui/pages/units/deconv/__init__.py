"""The deconvnet: a unit's activation on its way back to the pixels, beside gradient and guided backpropagation."""
