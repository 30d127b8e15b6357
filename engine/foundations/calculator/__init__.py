"""Chains of layers on paper: shapes, costs and receptive fields in the notation of courses; nothing is run."""
