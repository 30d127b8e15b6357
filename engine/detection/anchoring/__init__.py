"""Where anchors come from and what they are for: example boxes, a street to look at, the checks behind the badge."""
