"""Hostile input for everything that reads what a peer sends: `make fuzz`."""
