"""The view "Scoring": precision and recall find by find, average precision, and the mean of it over classes."""
