"""What TikTok tells about a LIVE, as plain dicts."""
