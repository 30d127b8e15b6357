"""The page "Boxes": from one labelled box to a detector, step by step."""
