"""The view "Verify": one face against one claimed name, number by number."""
