"""The direct transport: an anonymous WebSocket with a ttwid cookie, without a third party.

Source: protocol reference, section 3, "Direct, anonymous" and "Refusals".
"""

from collections import Counter
from typing import ClassVar
from urllib.parse import urlencode

from tiktok2mqtt.common.errors import Blocked
from tiktok2mqtt.webcast.lookup.rooms import RoomLookup
from tiktok2mqtt.webcast.net.http import HttpClient
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.transports.sockets import SocketTransport

_BLOCKED_PAUSE_S = 2.0


class DirectTransport(SocketTransport):
    """See Transport. Its thread blocks in HTTP requests, in the pauses between them, and in the socket."""

    name: ClassVar[str] = "direct"

    def __init__(self, room: str, room_id: str, http: HttpClient, options: Options, dropped: Counter[str]) -> None:
        super().__init__(room, room_id, http, options, dropped)
        self._lookup = RoomLookup(http, options)

    def open(self) -> None:
        """Get a ttwid cookie and open the socket; after a refusal, try once more with a new cookie and identity.

        Raises Blocked, RateLimited, NetworkError.
        """
        ttwid = self._ttwid()
        try:
            self._open_socket(ttwid)
        except Blocked:
            if self._interrupted.wait(_BLOCKED_PAUSE_S):
                raise
            self._open_socket(self._ttwid())

    def _ttwid(self) -> str:
        return self._lookup.ttwid(self._room, self._interrupted.wait)

    def _open_socket(self, ttwid: str) -> None:
        query = self._http.identity.socket_params(self._room_id) | dict(self._options.client_params)
        url = f"{self._options.socket_url}?{urlencode(query)}"
        try:
            self._socket.open(url, self._http.socket_cookies(ttwid))
        except Blocked:
            # The refusal is tied to this cookie and User-Agent: the next attempt, here or later, must not use them.
            self._http.renew_identity()
            raise
