"""Fuzzes everything that parses input from a peer: `make fuzz`."""
