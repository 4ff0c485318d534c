"""The signed transport: a WebSocket whose URL and cookies come from a sign provider.

Source: protocol reference, section 3, "Signed".
"""

from collections import Counter
from typing import ClassVar, Final

from tiktok2mqtt.common.errors import NetworkError, ProviderDown, SchemaError
from tiktok2mqtt.webcast.lookup.provider import SignProvider
from tiktok2mqtt.webcast.net.http import HttpClient
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchResponse
from tiktok2mqtt.webcast.transports.base import push_socket_url
from tiktok2mqtt.webcast.transports.sockets import SocketTransport

# Added to the version_code in the socket parameters; it does not replace it.
_VERSION: Final = "&version_code=270000"


class SignedTransport(SocketTransport):
    """See Transport. Its thread blocks in the request to the provider and in the socket."""

    name: ClassVar[str] = "signed"

    def __init__(self, room: str, room_id: str, http: HttpClient, options: Options, dropped: Counter[str]) -> None:
        super().__init__(room, room_id, http, options, dropped)
        self._provider = SignProvider(http, options)
        self._first_response: FetchResponse | None = None

    def open(self) -> None:
        """Request the URL and the cookies from the provider, and open the socket.

        Raises ProviderDown, ProviderKey, ProviderLimited, Blocked, RateLimited, NetworkError.
        """
        grant = self._provider.grant(self._room_id)
        if self._interrupted.is_set():
            raise NetworkError("disconnected while connecting")
        # Only the cookies of the provider, which belong to the URL it signed, without the user's session cookies.
        self._socket.open(self._url(grant.response), grant.cookie)
        self._first_response = grant.response
        self._first_response.is_first = True

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
            return push_socket_url(response, params, self._options) + _VERSION
        except SchemaError as error:
            raise ProviderDown(f"the response of the sign provider cannot be used: {error}") from error

    @property
    def has_more(self) -> bool:
        """See Transport."""
        return self._first_response is not None or super().has_more

    def receive(self, timeout_s: float) -> FetchResponse | None:
        """Return the provider's response first, then those of the socket. Raises StaleConnection, NetworkError."""
        if (first := self._first_response) is not None:
            self._first_response = None
            return first
        return super().receive(timeout_s)
