"""How good a detector is, find by find: a labelled set, verdicts, precision and recall, average precision."""
