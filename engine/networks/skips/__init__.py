"""Why skip connections: a residual block in numbers, and gradients through deep nets."""
