"""The view "People": who is enrolled, and everything that they can ask for."""
