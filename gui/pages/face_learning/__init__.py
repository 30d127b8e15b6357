"""The page "Face learning": how a net learns to tell people apart."""
