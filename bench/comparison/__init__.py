"""The daemon beside what people would build instead: `make bench-peers`, or `python -m bench.comparison --help`."""
