"""A network drawn as a graph: layout, routes, painting, and the view."""
