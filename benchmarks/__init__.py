"""Measurements of speed: each module has main(), prints a table, and runs by `python -m benchmarks NAME`."""
