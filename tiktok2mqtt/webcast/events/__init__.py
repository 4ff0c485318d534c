"""Decodes Webcast messages into events, which are plain dicts."""
