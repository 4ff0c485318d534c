"""Compares the daemon with scripts that use other clients: `make bench-peers`."""
