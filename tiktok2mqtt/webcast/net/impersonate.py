"""The transport adapter of the extra `impersonate`: curl_cffi, whose TLS and HTTP/2 handshakes look like a browser's.

requests does the rest, as for the other adapter: cookies, redirects, limits.
"""

import io
import ssl
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from curl_cffi import CurlOpt
from curl_cffi import requests as curl_requests
from curl_cffi.const import CurlECode
from curl_cffi.curl import CURL_WRITEFUNC_ERROR
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from tiktok2mqtt.common.errors import NetworkError
from tiktok2mqtt.webcast.net.http_session import MAX_BODY_BYTES, BoundedAdapter, check_size
from tiktok2mqtt.webcast.net.proxies import Proxy, curl_fault

_REASONS = {
    CurlECode.OPERATION_TIMEDOUT: "timed out",
    CurlECode.SSL_CONNECT_ERROR: "TLS failed",
    CurlECode.PEER_FAILED_VERIFICATION: "TLS failed",
    CurlECode.COULDNT_CONNECT: "connection failed",
    CurlECode.COULDNT_RESOLVE_HOST: "its name could not be resolved (DNS)",
    CurlECode.GOT_NOTHING: "connection failed",
    CurlECode.RECV_ERROR: "connection failed",
    CurlECode.SEND_ERROR: "connection failed",
}


class ImpersonatingAdapter(BoundedAdapter):
    """Sends the requests of one room as `browser`. Only our headers are sent, so that all requests agree.

    The timeout covers the whole request, from the DNS lookup on.
    """

    def __init__(self, browser: str, proxy: Proxy | None) -> None:
        super().__init__()
        self._browser = browser
        self._proxy = proxy
        self._session: Any = None

    def _new_session(self) -> Any:
        return curl_requests.Session(
            trust_env=False,
            proxy=self._proxy.url if self._proxy else None,
            impersonate=self._browser,
            verify=_ca_file(),
            default_headers=False,
            discard_cookies=True,
            # HTTP/2 as browsers use it: over TLS, and never by an upgrade in clear text.
            http_version="v2tls",
            # Hosts that bypass the proxy: none with a proxy, all without one. So the environment has no say.
            # The body is decoded as with the other adapter: libcurl takes one that was cut short for a whole one.
            curl_options={CurlOpt.NOPROXY: b"" if self._proxy else b"*", CurlOpt.HTTP_CONTENT_DECODING: 0},
        )

    def send(self, request: requests.PreparedRequest, *_args: Any, **kwargs: Any) -> requests.Response:
        """Send the request and read the response. Raises ProxyError and NetworkError."""
        session = self._session = self._session or self._new_session()
        host, body = urlsplit(str(request.url)).netloc, bytearray()

        def write(chunk: bytes) -> int:
            body.extend(chunk)
            return len(chunk) if len(body) <= MAX_BODY_BYTES else int(CURL_WRITEFUNC_ERROR)

        try:
            response = session.get(
                request.url,
                headers=dict(request.headers),
                timeout=kwargs["timeout"].total,
                allow_redirects=False,
                accept_encoding=request.headers.get("Accept-Encoding", ""),
                content_callback=write,
            )
        except curl_requests.RequestsError as error:
            check_size(body, host)
            raise self._network_error(host, error) from error
        return self.build_response(request, _raw_response(response, bytes(body)))

    def _network_error(self, host: str, error: Any) -> NetworkError:
        if self._proxy and (fault := curl_fault(error.code, str(error))):
            return fault
        return NetworkError(f"{host} did not answer: {_REASONS.get(error.code, 'its response is broken')}")

    def close(self) -> None:
        """Close the connections. The next request opens new ones."""
        session, self._session = self._session, None
        if session is not None:
            session.close()


def _ca_file() -> Any:
    """Return the system's certificates, or those of requests if the system's are not in one file.

    libcurl cannot use our TLS context. Unless it is given a file, curl_cffi looks for one in the environment.
    """
    return ssl.get_default_verify_paths().cafile or DEFAULT_CA_BUNDLE_PATH


def _raw_response(response: Any, body: bytes) -> urllib3.HTTPResponse:
    """Return what requests expects of an adapter; it finds cookies in the headers of the `original_response`."""
    headers = urllib3.HTTPHeaderDict(response.headers.multi_items())
    original: Any = SimpleNamespace(msg=headers, isclosed=lambda: True, close=lambda: None)
    return urllib3.HTTPResponse(
        io.BytesIO(body),
        headers,
        response.status_code,
        preload_content=False,
        enforce_content_length=False,
        original_response=original,
    )
