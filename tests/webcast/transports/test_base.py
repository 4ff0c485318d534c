import pytest

from tiktok2mqtt.common.errors import SchemaError
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchResponse
from tiktok2mqtt.webcast.transports.base import push_socket_url


def response_with(url: str, **route: str) -> FetchResponse:
    return FetchResponse(push_server=url, route_params_map=route)


@pytest.mark.parametrize(
    ("push_server", "expected"),
    [
        ("wss://webcast-ws.tiktok.com/im", "wss://webcast-ws.tiktok.com/im?aid=7&imprp=a%26b"),
        ("wss://webcast-ws.eu.tiktok.com:443/im?x=1", "wss://webcast-ws.eu.tiktok.com:443/im?x=1&aid=7&imprp=a%26b"),
        ("wss://TikTok.com/#here", "wss://TikTok.com/?aid=7&imprp=a%26b"),
        ("wss://tiktok.com?x=@", "wss://tiktok.com?x=@&aid=7&imprp=a%26b"),
    ],
)
def test_a_socket_on_a_tiktok_host_gets_all_parameters(push_server: str, expected: str) -> None:
    assert push_socket_url(response_with(push_server, imprp="a&b"), {"aid": "7"}, Options()) == expected


@pytest.mark.parametrize(
    "push_server",
    [
        "ws://webcast-ws.tiktok.com/im",
        "https://webcast-ws.tiktok.com/im",
        "wss://tiktok.com.example.org/",
        "wss://nottiktok.com/",
        "wss://example.org/tiktok.com",
        "wss://tiktok.com@example.org/",
        "wss://example.org\\.tiktok.com/",
        "wss://example.org\t.tiktok.com/",
        "wss://example.org#.tiktok.com/",
        "wss://example.org?.tiktok.com/",
        "wss://a b.tiktok.com/",
        "wss://tiktok.com:x/",
        "wss://[::1/",
        "wss://[www.tiktok.com]/",
        "wss://127.0.0.1/",
        # A user part, which a host check may take for a host.
        "ws://x@www.tiktok.com/",
        "wss://x@www.tiktok.com/",
        "wss://x:y@www.tiktok.com/",
        "wss://@www.tiktok.com/",
        "wss://www.tiktok.com@www.tiktok.com/",
        "wss://www.tiktok.com:443@example.org/",
        # Other ports, and ports that are none.
        "wss://www.tiktok.com:22/",
        "wss://www.tiktok.com:0/",
        "wss://www.tiktok.com:99999/",
        "wss://www.tiktok.com:-1/",
        "wss://www.tiktok.com:/",
        "wss://www.tiktok.com:0443/",
        "wss://www.tiktok.com:443:443/",
        # Hosts that only look like one of TikTok's.
        "wss://www.tiktok.com./",
        "wss://.tiktok.com/",
        "wss://www..tiktok.com/",
        "wss://www%2etiktok.com/",
        "wss://www.tiktok.com%00.example.org/",
        "wss://www.tiktok.com;.example.org/",
        "wss://www.tiktok.com,example.org/",
        "wss://www.t\u0131ktok.com/",
        "wss://www\uff0etiktok\uff0ecom/",
        "wss://www.tiktok.com\r\nHost: example.org/",
        "wss://" + "a" * 64 + ".tiktok.com/",
        "wss://" + "a." * 100 + "tiktok.com/",
        # Other schemes, and none.
        "ws://www.tiktok.com:443/",
        "WS://www.tiktok.com/",
        "wss:/www.tiktok.com/",
        "wss:www.tiktok.com/",
        "//www.tiktok.com/",
        "www.tiktok.com/",
        "file:///etc/passwd",
        " wss://www.tiktok.com/",
        "wss:///path",
        "nonsense",
    ],
)
def test_other_sockets_are_refused(push_server: str) -> None:
    with pytest.raises(SchemaError, match="the socket is not on a TikTok host"):
        push_socket_url(response_with(push_server), {}, Options())


@pytest.mark.parametrize(
    ("base_url", "push_server"),
    [
        ("http://127.0.0.1:8080", "ws://127.0.0.1:8080/im"),
        ("https://mirror.example.org", "wss://mirror.example.org/im"),
        ("https://mirror.example.org:8443/tiktok", "wss://Mirror.example.org:8443/im"),
    ],
)
def test_a_socket_on_the_server_of_a_base_url_is_allowed(base_url: str, push_server: str) -> None:
    url = push_socket_url(response_with(push_server), {"aid": "7"}, Options(web_url=base_url))
    assert url == f"{push_server}?aid=7"


@pytest.mark.parametrize(
    "push_server",
    [
        "ws://127.0.0.1:8081/im",
        "ws://127.0.0.1/im",
        "ws://127.0.0.1:08080/im",
        "ws://x@127.0.0.1:8080/im",
        "wss://127.0.0.1:8080/im",
        "http://127.0.0.1:8080/im",
        "ws://127.0.0.2:8080/im",
        "ws://webcast-ws.tiktok.com/im",
    ],
)
def test_a_socket_on_another_server_than_the_base_url_is_refused(push_server: str) -> None:
    with pytest.raises(SchemaError, match="the socket is not on a TikTok host"):
        push_socket_url(response_with(push_server), {}, Options(web_url="http://127.0.0.1:8080"))


def test_a_url_without_end_is_refused() -> None:
    with pytest.raises(SchemaError, match="has 1000037 characters"):
        push_socket_url(response_with("wss://webcast-ws.tiktok.com/im", imprp="x" * 1_000_000), {}, Options())


def test_route_parameters_take_precedence_and_empty_ones_are_left_out() -> None:
    response = response_with("wss://webcast-ws.tiktok.com/im", aid="8", empty="")
    assert push_socket_url(response, {"aid": "7", "x": ""}, Options()) == "wss://webcast-ws.tiktok.com/im?aid=8&x="
