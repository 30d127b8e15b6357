"""How a net learns what a face is: triplets, pairs, and what happens when somebody new joins."""
