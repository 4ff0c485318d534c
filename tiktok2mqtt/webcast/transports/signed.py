"""The signed transport: a WebSocket whose URL and cookies a sign provider hands out.

Source: protocol reference, section 3, "Signed".
"""

from collections import Counter
from typing import ClassVar, Final

from tiktok2mqtt.common.errors import NetworkError, ProviderDown, SchemaError
from tiktok2mqtt.webcast.lookup.provider import SignProvider
from tiktok2mqtt.webcast.net.http import HttpClient
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchResponse
from tiktok2mqtt.webcast.transports.polling import socket_url
from tiktok2mqtt.webcast.transports.sockets import SocketTransport

# A second one beside that of the socket parameters, and not instead of it.
_VERSION: Final = "&version_code=270000"


class SignedTransport(SocketTransport):
    """See Transport. Its thread blocks in the provider's HTTP call and in the socket."""

    name: ClassVar[str] = "signed"

    def __init__(self, room: str, room_id: str, http: HttpClient, options: Options, dropped: Counter[str]) -> None:
        super().__init__(room, room_id, http, options, dropped)
        self._provider = SignProvider(http, options)
        self._first: FetchResponse | None = None

    def open(self) -> None:
        """Ask the provider, shake hands, say hello.

        Raises ProviderDown, ProviderKey, ProviderLimited, Blocked, RateLimited, NetworkError.
        """
        grant = self._provider.grant(self._room_id)
        if self._interrupted.is_set():
            raise NetworkError("disconnected while connecting")
        # The provider's cookies alone: they belong to what it signed, and the user's own are none of its business.
        self._socket.open(self._url(grant.response), grant.cookie)
        self._first = grant.response

    def _url(self, response: FetchResponse) -> str:
        params = self._http.identity.socket_params(self._room_id)
        params |= {"ws_direct": "0", "heartbeat_duration": "0"}
        params |= self._options.client_params
        params |= {
            "room_id": self._room_id,
            "internal_ext": response.internal_ext.decode("utf-8", "replace"),
            "cursor": response.cursor,
            "compress": "gzip",
        }
        try:
            return socket_url(response, params, self._options) + _VERSION
        except SchemaError as error:
            raise ProviderDown(f"the sign provider cannot be used: {error}") from error

    @property
    def has_more(self) -> bool:
        """See Transport."""
        return self._first is not None or super().has_more

    def receive(self, timeout_s: float) -> FetchResponse | None:
        """Return the provider's response first, then the socket's. Raises StaleConnection, NetworkError."""
        if (first := self._first) is not None:
            self._first = None
            return first
        return super().receive(timeout_s)
