"""Non-maximum suppression as it is shown: boxes that a detector could give, and the check of the decisions."""
