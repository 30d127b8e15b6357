"""Networks as graphs of plain values: traced from torch, measured, folded, changed, compared."""
