"""Shapes and cost: a chain of layers on paper, drawn, counted and explained."""
