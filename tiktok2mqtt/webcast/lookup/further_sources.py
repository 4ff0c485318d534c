"""Who else tells the room of a user when the live page and api-live do not: room/info_by_user, a sign provider."""

import logging
import time
from dataclasses import replace
from typing import Final

from tiktok2mqtt.common.errors import Interrupted, ProviderKey, ProxyError, RateLimited, WebcastError, WrongRoom
from tiktok2mqtt.common.times import Deadline
from tiktok2mqtt.webcast.lookup import pages
from tiktok2mqtt.webcast.lookup.provider import SignProvider
from tiktok2mqtt.webcast.net.http import HttpClient, require_ok
from tiktok2mqtt.webcast.net.options import Options

logger = logging.getLogger(__name__)
MIN_TIMEOUT_S: Final = 0.1
# Plans do not change often.
_KEY_RETRY_S: Final = 3600.0


class FurtherSources:
    """Asked only when the other sources fail. Each costs one request, the provider up to two."""

    def __init__(self, http: HttpClient, options: Options) -> None:
        self._http = http
        self._options = options
        self._has_provider = bool(options.sign_key or options.sign_url)
        self._provider_retry_at = 0.0

    def find(self, asked: pages.Host, failures: list[WebcastError], deadline: Deadline) -> pages.Finding | None:
        """Return what is known of a user, or None. `failures` are those of the other sources; a WrongRoom is added.

        The provider does not tell whose room it has found. So it is not asked when a source has named another user.
        Raises RateLimited and Interrupted.
        """
        if deadline.remaining_s() < MIN_TIMEOUT_S or any(isinstance(error, ProxyError) for error in failures):
            # The other sources have not answered in time, or these would fail as well.
            return None
        try:
            finding = self._info_by_user(asked, deadline)
        except WrongRoom as error:
            failures.append(error.without_traceback())
            return None
        if finding is None and not any(isinstance(error, WrongRoom) for error in failures):
            finding = self._provider_room(asked, deadline)
        return finding

    def _info_by_user(self, asked: pages.Host, deadline: Deadline) -> pages.Finding | None:
        url, params = f"{self._options.webcast_url}room/info_by_user/", self._http.params() | {"unique_id": asked.name}
        try:
            answer = self._http.get(url, params, timeout_s=max(MIN_TIMEOUT_S, deadline.remaining_s()))
            require_ok(answer, "room/info_by_user")
            finding = pages.info_by_user(answer.body, asked)
        except (RateLimited, Interrupted, WrongRoom):
            raise
        except WebcastError as error:
            logger.debug("%s: room/info_by_user: %s", asked.name, error)
            return None
        return finding if finding.live is not None else None

    def _provider_room(self, asked: pages.Host, deadline: Deadline) -> pages.Finding | None:
        if not self._has_provider or time.monotonic() < self._provider_retry_at:
            return None
        # For each of two requests.
        timeout_s = max(MIN_TIMEOUT_S, 0.5 * deadline.remaining_s())
        provider = SignProvider(self._http, replace(self._options, connect_timeout_s=timeout_s))
        try:
            finding = provider.room_of(asked.name)
        except Interrupted:
            raise
        except WebcastError as error:
            delay_s = _KEY_RETRY_S if isinstance(error, ProviderKey) else error.min_delay_s
            self._provider_retry_at = time.monotonic() + max(delay_s, error.retry_after_s or 0.0)
            logger.info("%s: the sign provider does not tell the room: %s", asked.name, error)
            return None
        return finding if finding.live is not None else None
