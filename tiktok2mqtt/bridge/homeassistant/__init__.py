"""Home Assistant discovery: entities as tables, the messages built from them, and when they are published."""
