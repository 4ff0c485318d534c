"""Scripts that a user could write with another client and an MQTT library, for comparison with the daemon.

Each runs as `<script> BROKER_HOST BROKER_PORT USER WEB_URL [SIGN_URL]` in the environment of its client, which `make
peers` installs. It publishes JSON on `tiktok/<user>/<event>` until the LIVE ends.
"""
