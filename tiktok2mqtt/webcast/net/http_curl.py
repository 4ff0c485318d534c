"""The HTTP backend of the extra `impersonate`: curl_cffi, whose TLS and HTTP/2 handshakes look like a browser's."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from curl_cffi import CurlOpt, requests
from curl_cffi.const import CurlECode
from curl_cffi.curl import CURL_WRITEFUNC_ERROR

from tiktok2mqtt.common.errors import NetworkError
from tiktok2mqtt.webcast.net.answers import Answer, Body
from tiktok2mqtt.webcast.net.proxies import curl_fault, parse_proxy

_WORDS = {
    CurlECode.OPERATION_TIMEDOUT: "timed out",
    CurlECode.SSL_CONNECT_ERROR: "TLS failed",
    CurlECode.PEER_FAILED_VERIFICATION: "TLS failed",
    CurlECode.TOO_LARGE: "its answer has no end",
    CurlECode.COULDNT_CONNECT: "connection failed",
    CurlECode.COULDNT_RESOLVE_HOST: "connection failed",
}


class CurlBackend:
    """See Backend. Headers are ours alone, so that all requests tell of one browser. libcurl takes 300 KiB of them."""

    def __init__(self, proxy: str | None, browser: str) -> None:
        self._proxy = parse_proxy(proxy).url if proxy else None
        self._browser = browser
        self._session: Any = None

    def _new_session(self) -> Any:
        # An empty list of exceptions, or all hosts: either way no variable of the environment has a say.
        exceptions = {CurlOpt.NOPROXY: b"" if self._proxy else b"*"}
        return requests.Session(
            trust_env=False,
            proxy=self._proxy,
            impersonate=self._browser,
            default_headers=False,
            discard_cookies=True,
            # HTTP/2 as browsers do it: by TLS, and never by an upgrade in the clear.
            http_version="v2tls",
            curl_options=exceptions,
        )

    def get(self, url: str, headers: Mapping[str, str], timeout_s: float) -> Answer:
        """See Backend. The deadline holds for all of it, from the look-up of the name on."""
        session = self._session = self._session or self._new_session()
        sink = _Sink(urlsplit(url).netloc)
        try:
            response = session.get(
                url,
                headers=dict(headers),
                timeout=timeout_s,
                allow_redirects=False,
                accept_encoding=headers.get("Accept-Encoding", ""),
                content_callback=sink.write,
            )
        except requests.RequestsError as error:
            if sink.failure is not None:
                raise sink.failure from error
            raise self._fault(urlsplit(url).netloc, error) from error
        cookies = tuple(response.headers.get_list("Set-Cookie"))
        found = {name.lower(): value for name, value in response.headers.multi_items()}
        return Answer(response.status_code, found, sink.body.whole(), cookies)

    def _fault(self, host: str, error: Any) -> NetworkError:
        if self._proxy and (fault := curl_fault(error.code, str(error))):
            return fault
        return NetworkError(f"{host} did not answer: {_WORDS.get(error.code, 'its answer is broken')}")

    def interrupt(self) -> None:
        """Do nothing: libcurl cannot be woken from another thread."""

    def drop_idle_connections(self) -> None:
        """See Backend."""
        self.close()

    def close(self) -> None:
        """See Backend."""
        session, self._session = self._session, None
        if session is not None:
            session.close()


class _Sink:
    """Takes the body from libcurl, which cannot be left by an exception."""

    def __init__(self, host: str) -> None:
        self.body = Body(host)
        self.failure: NetworkError | None = None

    def write(self, chunk: bytes) -> int:
        try:
            self.body.add(chunk)
        except NetworkError as error:
            self.failure = error
            return int(CURL_WRITEFUNC_ERROR)
        return len(chunk)
