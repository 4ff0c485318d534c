"""Benchmarks of the daemon: `make bench`, or `python -m bench --help`."""
