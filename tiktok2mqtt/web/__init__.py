"""`tiktok2mqtt web`: a page, overlays for OBS, a feed and metrics. A client of the broker, apart from the daemon."""
