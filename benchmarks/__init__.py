"""The measured ratios: `python -m benchmarks` prints a table and writes benchmarks/results.json.

Machines differ and are never quiet, so every figure stands beside a baseline that was measured interleaved
with it in the same process (start-up: in processes that take turns). Each benchmark is a module with
`measure(quick) -> list[Row]`.
"""
