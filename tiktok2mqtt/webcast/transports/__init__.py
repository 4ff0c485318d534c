"""The ways into a room, behind one interface."""
