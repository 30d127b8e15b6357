"""The view "Enrol": a person who agrees is remembered, from the camera, from photos or from a folder."""
