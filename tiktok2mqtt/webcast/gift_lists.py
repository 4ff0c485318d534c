"""Learns from the lists of gifts of a sign provider, in a separate thread, so that no event waits for them."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from tiktok2mqtt.common.errors import WebcastError
from tiktok2mqtt.webcast.gift_catalogue import GiftCatalogue
from tiktok2mqtt.webcast.lookup.provider import SignProvider

logger = logging.getLogger(__name__)
# The catalogue is the same for all rooms. Requests for it do not count towards the limits of the provider.
CATALOGUE_INTERVAL_S: Final = 24 * 3600.0
RETRY_S: Final = 3600.0
# Each page has 100 gifts.
MAX_PAGES: Final = 60


class GiftLists:
    """Fetches the lists for one room, once per LIVE, and the catalogue for all rooms, once a day.

    After a failure, no room asks again for an hour. One thread at most, `tiktok2mqtt[<room>].gifts`: it blocks in HTTP
    requests, ends with the last one, and is joined by `join`. `is_stopping` tells it to end.
    """

    def __init__(
        self, room: str, provider: SignProvider, gifts: GiftCatalogue, is_stopping: Callable[[], bool]
    ) -> None:
        self._room = room
        self._provider = provider
        self._gifts = gifts
        self._is_stopping = is_stopping
        # The LIVE whose list was read.
        self._listed: str | None = None
        self._thread: threading.Thread | None = None

    def start(self, room_id: str) -> None:
        """Fetch what is due for a LIVE; return at once."""
        if room_id == self._listed or (self._thread is not None and self._thread.is_alive()):
            return
        self._thread = threading.Thread(
            target=self._run, args=(room_id,), name=f"tiktok2mqtt[{self._room}].gifts", daemon=True
        )
        self._thread.start()

    def join(self, timeout_s: float) -> None:
        """Wait for the thread to end."""
        if self._thread is not None:
            self._thread.join(timeout_s)

    def _run(self, room_id: str) -> None:
        # While one room reads the catalogue, the others do not.
        self._try("catalogue of gifts", self._fetch_catalogue, RETRY_S)
        self._try("gifts of a room", lambda: self._fetch_room(room_id), 0.0)
        logger.debug("%s: %d gifts are known", self._room, len(self._gifts))

    def _try(self, what: str, fetch: Callable[[], float], claim_s: float) -> None:
        """Run `fetch` if it is due; it returns after how long it is due again."""
        now = time.time()
        if self._is_stopping() or not self._gifts.begin_listing(what, now, claim_s):
            return
        next_s = RETRY_S
        try:
            next_s = fetch()
        except WebcastError as error:
            if self._is_stopping():
                next_s = 0.0
            else:
                logger.info("%s: the sign provider's %s cannot be read: %s", self._room, what, error)
        except Exception:
            logger.exception("%s: the sign provider's %s cannot be read", self._room, what)
        finally:
            self._gifts.end_listing(what, now + next_s)

    def _fetch_catalogue(self) -> float:
        page = pages = 1
        while page <= min(pages, MAX_PAGES):
            if self._is_stopping():
                return 0.0
            rows, pages = self._provider.gifts(page)
            # Its names are in English.
            self._gifts.add_list(rows, replaces=False)
            page += 1
        return CATALOGUE_INTERVAL_S

    def _fetch_room(self, room_id: str) -> float:
        rows, displayed = self._provider.room_gifts(room_id)
        self._gifts.add_list(rows, replaces=False)
        self._gifts.set_displayed(displayed)
        self._listed = room_id
        return 0.0
