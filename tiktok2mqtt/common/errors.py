"""Everything that can go wrong on the TikTok side, as one tree.

::

    WebcastError                 code, retry_after_s, min_delay_s
    ├── RoomError                the service answered, and the answer is no
    │   ├── RoomOffline          offline
    │   ├── RoomEnded            ended
    │   │   └── RoomSuspended    suspended: TikTok ended it
    │   ├── RoomNotFound         not_found
    │   ├── PrivateOrBanned      private_or_banned
    │   └── AgeRestricted        age_restricted
    ├── AccessError              the service refuses to talk to us
    │   ├── Blocked              blocked
    │   ├── CaptchaPage          captcha
    │   ├── RateLimited          rate_limited
    │   │   └── ProviderLimited  rate_limited, and it is the sign provider who says so
    │   └── ProviderKey          provider_key: the sign provider wants another key, or a paid plan
    ├── StatusUnknown            unknown: the sources failed to say, or disagree
    ├── SchemaError              schema: an answer that we cannot read
    ├── ProviderDown             provider_down: the sign provider is away, or signs nothing
    ├── NetworkError             network: no answer, or a broken one
    │   ├── Interrupted          network: we were told not to wait for the answer
    │   ├── ProxyError           proxy: the proxy is away, refuses our login, or does not let us through
    │   └── StaleConnection      stale: a socket that went silent
    └── AlreadyConnected         usage: connect() on a connected client

`str(error)` is the sentence a user sees.
"""

from typing import ClassVar


class WebcastError(Exception):
    """Root of the tree.

    `code` names the kind of trouble in one word. `retry_after_s` is what the service asked for, in seconds, if it did.
    `min_delay_s` is the shortest sensible time before another try, in seconds.
    """

    code: ClassVar[str] = "error"
    min_delay_s: ClassVar[float] = 1.0

    def __init__(self, reason: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


class RoomError(WebcastError):
    """The service answered clearly, and there is nothing to connect to."""


class RoomOffline(RoomError):
    """The user exists and is not live."""

    code = "offline"


class RoomEnded(RoomError):
    """The LIVE of this room id is over."""

    code = "ended"


class RoomSuspended(RoomEnded):
    """TikTok, not the host, ended the LIVE."""

    code = "suspended"


class RoomNotFound(RoomError):
    """No such user."""

    code = "not_found"
    min_delay_s = 60.0


class PrivateOrBanned(RoomError):
    """The user exists, and TikTok shows the account to nobody like us."""

    code = "private_or_banned"
    min_delay_s = 60.0


class AgeRestricted(RoomError):
    """The LIVE is shown to adults who are logged in only."""

    code = "age_restricted"
    min_delay_s = 60.0


class AccessError(WebcastError):
    """The service refuses us. `status` is the HTTP status, or None."""

    min_delay_s = 30.0

    def __init__(self, reason: str, *, status: int | None = None, retry_after_s: float | None = None) -> None:
        super().__init__(reason, retry_after_s=retry_after_s)
        self.status = status


class Blocked(AccessError):
    """The service turned the request or the device away."""

    code = "blocked"


class CaptchaPage(AccessError):
    """A challenge page came instead of the answer."""

    code = "captcha"
    min_delay_s = 60.0


class RateLimited(AccessError):
    """Too many requests; `retry_after_s` says when to come back, if the service said so."""

    code = "rate_limited"
    min_delay_s = 60.0


class ProviderLimited(RateLimited):
    """The sign provider has been asked too often. What goes without it need not wait."""


class ProviderKey(AccessError):
    """The sign provider does not serve our key, or nobody without one. No sentence of it holds the key."""

    code = "provider_key"
    min_delay_s = 60.0


class StatusUnknown(WebcastError):
    """Whether the room is live cannot be told: the sources disagree or name no room."""

    code = "unknown"
    min_delay_s = 30.0


class SchemaError(WebcastError):
    """An answer whose form we do not know."""

    code = "schema"
    min_delay_s = 30.0


class ProviderDown(WebcastError):
    """The sign provider cannot be reached, failed, or gave nothing to connect with."""

    code = "provider_down"
    min_delay_s = 30.0


class NetworkError(WebcastError):
    """The connection failed below the protocol."""

    code = "network"


class Interrupted(NetworkError):
    """Somebody let go of the room while an answer was waited for."""


class ProxyError(NetworkError):
    """The proxy failed us. No sentence of it names the proxy, and nothing goes around it."""

    code = "proxy"


class StaleConnection(NetworkError):
    """Nothing was received, heartbeats included, for longer than the stale timeout."""

    code = "stale"


class AlreadyConnected(WebcastError):
    """connect() was called on a client that is connected or connecting."""

    code = "usage"
