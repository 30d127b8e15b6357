"""The table of a network: rows, painting, totals, errata."""
