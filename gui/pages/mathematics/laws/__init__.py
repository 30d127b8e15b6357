"""The laws: both sides in numbers, their difference, and what holds where cross-correlation fails."""
