"""The view "Live": pictures through a net that was trained on a style, or painted frame after frame."""
