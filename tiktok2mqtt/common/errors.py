"""The errors of the TikTok side, as one tree.

::

    WebcastError                 code, retry_after_s, min_delay_s
    ├── RoomError                the service answered: there is no LIVE to connect to
    │   ├── RoomOffline          offline
    │   ├── RoomEnded            ended
    │   │   └── RoomSuspended    suspended: TikTok ended the LIVE
    │   ├── RoomNotFound         not_found
    │   ├── PrivateOrBanned      private_or_banned
    │   └── AgeRestricted        age_restricted
    ├── AccessError              the service refuses us
    │   ├── Blocked              blocked
    │   ├── CaptchaPage          captcha
    │   ├── RateLimited          rate_limited
    │   │   └── ProviderLimited  rate_limited, by the sign provider
    │   └── ProviderKey          provider_key: the sign provider requires another key or a paid plan
    ├── StatusUnknown            unknown: the sources failed or contradict each other
    ├── WrongRoom                wrong_room: an answer is about another host
    ├── SchemaError              schema: an answer in an unknown format
    ├── ProviderDown             provider_down: the sign provider failed or returned nothing usable
    ├── ConnectionLimit          connection_limit: as many rooms are connected as may be
    ├── NetworkError             network: no answer, or a broken one
    │   ├── Interrupted          network: the request was cancelled by us
    │   ├── ProxyError           proxy: the proxy is unreachable, refuses our login or refuses the connection
    │   ├── BrowserError         browser: the user's browser, its tab or the page in it failed
    │   └── StaleConnection      stale: nothing was received for too long
    └── AlreadyConnected         usage: connect() on a connected client

`str(error)` is the sentence shown to the user.
"""

from typing import ClassVar, Self


class WebcastError(Exception):
    """Root of the tree.

    `code` identifies the kind of error in one word. `retry_after_s` is the delay requested by the service in seconds,
    None without such a request. `min_delay_s` is the shortest sensible delay before the next attempt, in seconds.
    """

    code: ClassVar[str] = "error"
    min_delay_s: ClassVar[float] = 1.0

    def __init__(self, reason: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s

    def without_traceback(self) -> Self:
        """Remove the tracebacks of this error and of its causes, and return it.

        A traceback refers to all frames from the raise to the start of the thread, and so to sessions and sockets. If
        one of these frames refers to the error, both are released only when Python collects garbage.
        """
        error: BaseException | None = self
        while error is not None and error.__traceback__ is not None:
            error.__traceback__ = None
            error = error.__cause__ or error.__context__
        return self


class RoomError(WebcastError):
    """The service answered clearly that there is nothing to connect to."""


class RoomOffline(RoomError):
    """The user exists and is not live."""

    code = "offline"


class RoomEnded(RoomError):
    """The LIVE with this room id is over."""

    code = "ended"


class RoomSuspended(RoomEnded):
    """The LIVE was ended by TikTok, not by the host."""

    code = "suspended"


class RoomNotFound(RoomError):
    """There is no such user."""

    code = "not_found"
    min_delay_s = 60.0


class PrivateOrBanned(RoomError):
    """The user exists, but TikTok does not show the account to us."""

    code = "private_or_banned"
    min_delay_s = 60.0


class AgeRestricted(RoomError):
    """TikTok shows the LIVE only to adults who are logged in."""

    code = "age_restricted"
    min_delay_s = 60.0


class AccessError(WebcastError):
    """The service refuses us. `status` is the HTTP status, or None."""

    min_delay_s = 30.0

    def __init__(self, reason: str, *, status: int | None = None, retry_after_s: float | None = None) -> None:
        super().__init__(reason, retry_after_s=retry_after_s)
        self.status = status


class Blocked(AccessError):
    """The service rejected the request or the device."""

    code = "blocked"


class CaptchaPage(AccessError):
    """The service sent a challenge page instead of an answer."""

    code = "captcha"
    min_delay_s = 60.0


class RateLimited(AccessError):
    """Too many requests. `retry_after_s` is set if the service stated a delay."""

    code = "rate_limited"
    min_delay_s = 60.0


class ProviderLimited(RateLimited):
    """Too many requests to the sign provider. Nothing else waits for this."""


class ProviderKey(AccessError):
    """The sign provider rejects our key, or requires one. The message never contains the key."""

    code = "provider_key"
    min_delay_s = 60.0


class StatusUnknown(WebcastError):
    """The sources do not tell whether the room is live: they contradict each other, or return no room id."""

    code = "unknown"
    min_delay_s = 30.0


class WrongRoom(WebcastError):
    """An answer is about another host than the asked one. Nothing of it counts."""

    code = "wrong_room"
    min_delay_s = 30.0


class SchemaError(WebcastError):
    """An answer in a format that we do not know."""

    code = "schema"
    min_delay_s = 30.0


class ProviderDown(WebcastError):
    """The sign provider is unreachable, failed, or returned nothing to connect with."""

    code = "provider_down"
    min_delay_s = 30.0


class ConnectionLimit(WebcastError):
    """The room is live, but as many others are connected as the limit of open files allows."""

    code = "connection_limit"


class NetworkError(WebcastError):
    """The connection failed below the protocol."""

    code = "network"


class Interrupted(NetworkError):
    """The request was cancelled by us: the room is being disconnected."""


class ProxyError(NetworkError):
    """The proxy failed. The message never contains the proxy's URL, and nothing is sent without the proxy instead."""

    code = "proxy"


class BrowserError(NetworkError):
    """The user's browser is gone, its tab was closed, or the page in it did not enter the room."""

    code = "browser"
    min_delay_s = 5.0


class StaleConnection(NetworkError):
    """Nothing was received for longer than the stale timeout, not even heartbeats."""

    code = "stale"


class AlreadyConnected(WebcastError):
    """connect() was called on a client that is connected or connecting."""

    code = "usage"


def error_of(code: str | None, reason: str | None) -> WebcastError:
    """Return the error that a code in an event stands for, such as `offline`; a WebcastError if there is none."""
    kinds = [WebcastError]
    for kind in kinds:
        if kind.code == code:
            return kind(reason or "")
        kinds += kind.__subclasses__()
    return WebcastError(reason or "")
