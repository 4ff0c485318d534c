"""`tiktok2mqtt purge`: clears the daemon's retained messages from the broker."""

import sys
from typing import Final

from tiktok2mqtt.bridge.purge import PurgeError, clear_retained
from tiktok2mqtt.cli.progress import Progress, Stopwatch
from tiktok2mqtt.cli.terminal import DONE, FAILED
from tiktok2mqtt.common.mqtt import shown_address
from tiktok2mqtt.settings import Settings

_BAR_WIDTH: Final = 40


def purge(settings: Settings, *, dry_run: bool, force: bool) -> int:
    """Clear the messages, unless `dry_run`, and print their topics; return the exit status."""
    stopwatch, mqtt = Stopwatch(), settings.mqtt
    doing = "reading" if dry_run else "clearing"
    cleared = ""

    def show(done: int, total: int) -> None:
        nonlocal cleared
        filled = "#" * (_BAR_WIDTH * done // total)
        cleared = f" [{filled:<{_BAR_WIDTH}}] {done:,} of {total:,}"

    try:
        address = shown_address(mqtt)
        with Progress(lambda: f"{doing} the retained messages of {address}{cleared}, {stopwatch}"):
            topics = clear_retained(settings, dry_run=dry_run, force=force, progress=show)
    except PurgeError as error:
        print(f"tiktok2mqtt: {error}", file=sys.stderr)
        return FAILED
    for topic in topics:
        print(topic)
    print(f"{len(topics)} retained messages {'would be cleared' if dry_run else 'cleared'}")
    return DONE
