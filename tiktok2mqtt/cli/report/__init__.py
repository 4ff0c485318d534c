"""`tiktok2mqtt report`: one page about a recorded LIVE. It needs matplotlib, so it is imported only when it is used."""
