"""The view "Paint": a run that is watched, steered, branched and taken away."""
