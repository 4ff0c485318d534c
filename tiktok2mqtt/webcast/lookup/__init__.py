"""HTTP lookups: room id and live status of a user, room info, gift list, sign provider."""
