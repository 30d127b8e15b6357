"""The view "Live training": three nets that learn by triplets, side by side."""
