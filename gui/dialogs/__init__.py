"""The few windows beside the main one: shortcuts, About, preferences."""
