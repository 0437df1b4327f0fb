"""Benchmarks: `make bench`, or `make bench ONLY=name`. Ratios against a floor in the same run."""
