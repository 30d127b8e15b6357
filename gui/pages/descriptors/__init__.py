"""The page "Before CNNs": descriptors made by hand, beside what a net learned."""
