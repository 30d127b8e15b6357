"""Learn a filter: a kernel that is trained, before the class, to answer as another one does."""
