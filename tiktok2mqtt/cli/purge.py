"""`tiktok2mqtt purge`: clears the daemon's retained messages from the broker."""

import os
import sys
from typing import Final

from tiktok2mqtt.bridge.purge import PurgeError, clear_retained
from tiktok2mqtt.cli.terminal import DONE, FAILED, is_terminal
from tiktok2mqtt.settings import Settings

_BAR_WIDTH: Final = 40


def purge(settings: Settings, *, dry_run: bool, force: bool) -> int:
    """Clear the messages, unless `dry_run`, and print their topics; return the exit status."""
    shows_progress = is_terminal(sys.stderr, os.environ)

    def show(done: int, total: int) -> None:
        if shows_progress:
            filled = "#" * (_BAR_WIDTH * done // total)
            print(f"\r[{filled:<{_BAR_WIDTH}}] {done}/{total}", end="\n" if done == total else "", file=sys.stderr)

    try:
        topics = clear_retained(settings, dry_run=dry_run, force=force, progress=show)
    except PurgeError as error:
        print(f"tiktok2mqtt: {error}", file=sys.stderr)
        return FAILED
    for topic in topics:
        print(topic)
    print(f"{len(topics)} retained messages {'would be cleared' if dry_run else 'cleared'}")
    return DONE
