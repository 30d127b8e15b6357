"""Region proposals: segments merged into a hierarchy, and the nets that look at what it proposes."""
