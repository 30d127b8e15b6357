"""Why skip connections: the block in numbers, and the gradients of deep nets."""
