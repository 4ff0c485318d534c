"""What a user would write with another client and an MQTT library, to be measured beside the daemon.

Each is run as `<script> BROKER_HOST BROKER_PORT USER WEB_URL [SIGN_URL]` by its own environment, that of
`make test-peers`, and publishes JSON on `tiktok/<user>/<event>` until the LIVE ends.
"""
