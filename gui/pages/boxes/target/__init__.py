"""The view "Target vector": what a net is to answer for one object."""
