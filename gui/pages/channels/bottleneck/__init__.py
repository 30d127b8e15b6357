"""What a 1x1 bottleneck saves: three ways side by side."""
