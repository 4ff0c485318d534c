"""From a user name to a room id and live status."""
