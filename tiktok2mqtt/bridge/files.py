"""The databases in `state_dir`: what the broker has not acknowledged, and the gifts of running LIVEs."""

from pathlib import Path
from typing import Any, Final

from tiktok2mqtt.bridge.gift_store import GiftStore
from tiktok2mqtt.bridge.spool import Spool

SPOOL_FILE: Final = "outbox.sqlite"
GIFTS_FILE: Final = "gifts.sqlite"


class Files:
    """Both, or neither where `folder` is None."""

    def __init__(self, folder: Path | None) -> None:
        self.spool = Spool(folder / SPOOL_FILE) if folder else None
        self.gifts = GiftStore(folder / GIFTS_FILE) if folder else None

    def health(self) -> dict[str, Any]:
        """Return {"on_disk": whether what must not be lost is on disk, "problem": what is or went wrong, or None}."""
        files = [file for file in (self.spool, self.gifts) if file is not None]
        troubles = [file.trouble for file in files if file.trouble]
        past = [file.put_aside for file in files if file.put_aside]
        return {"on_disk": self.spool is not None and not troubles, "problem": next(iter(troubles + past), None)}

    def forget(self, room: str) -> None:
        """Forget the gifts of a room that is no longer followed."""
        if self.gifts is not None:
            self.gifts.forget(room)

    def close(self) -> None:
        """Close what is open."""
        for file in (self.spool, self.gifts):
            if file is not None:
                file.close()
