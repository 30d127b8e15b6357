"""Pages whose stage is a row of views: what such a page, its stage, its panels and each of its views have in common."""
