"""The soak test: `make soak`, or `python -m bench.soak --help`."""
