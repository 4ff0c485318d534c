"""The transports: ways to receive the messages of a room, with one interface."""
