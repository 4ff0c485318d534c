"""`tiktok2mqtt purge`: clears the daemon's retained messages from the broker."""

import sys

from tiktok2mqtt.bridge.purge import PurgeError, clear_retained
from tiktok2mqtt.cli.progress import Progress, Stopwatch
from tiktok2mqtt.cli.terminal import DONE, FAILED
from tiktok2mqtt.settings import Settings


def purge(settings: Settings, *, dry_run: bool, force: bool) -> int:
    """Clear the messages, unless `dry_run`, and print their topics; return the exit status."""
    stopwatch, mqtt = Stopwatch(), settings.mqtt
    doing = "reading" if dry_run else "clearing"
    try:
        with Progress(lambda: f"{doing} the retained messages of {mqtt.host}:{mqtt.port}, {stopwatch}"):
            topics = clear_retained(settings, dry_run=dry_run, force=force)
    except PurgeError as error:
        print(f"tiktok2mqtt: {error}", file=sys.stderr)
        return FAILED
    for topic in topics:
        print(topic)
    print(f"{len(topics)} retained messages {'would be cleared' if dry_run else 'cleared'}")
    return DONE
