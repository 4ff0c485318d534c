import pytest

from tiktok2mqtt.common.errors import SchemaError
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchResponse
from tiktok2mqtt.webcast.transports.polling import socket_url


def offer(url: str, **route: str) -> FetchResponse:
    return FetchResponse(push_server=url, route_params_map=route)


@pytest.mark.parametrize(
    ("push_server", "expected"),
    [
        ("wss://webcast-ws.tiktok.com/im", "wss://webcast-ws.tiktok.com/im?aid=7&imprp=a%26b"),
        ("wss://webcast-ws.eu.tiktok.com:443/im?x=1", "wss://webcast-ws.eu.tiktok.com:443/im?x=1&aid=7&imprp=a%26b"),
        ("wss://TikTok.com/#here", "wss://TikTok.com/?aid=7&imprp=a%26b"),
    ],
)
def test_a_socket_of_tiktoks_is_taken_with_all_parameters(push_server: str, expected: str) -> None:
    assert socket_url(offer(push_server, imprp="a&b"), {"aid": "7"}, Options()) == expected


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
        "wss://127.0.0.1/",
        "wss:///path",
        "nonsense",
    ],
)
def test_a_socket_of_somebody_else_is_refused(push_server: str) -> None:
    with pytest.raises(SchemaError, match="the socket is not one of TikTok's"):
        socket_url(offer(push_server), {}, Options())


def test_a_socket_on_a_host_of_the_base_urls_is_taken_in_any_case() -> None:
    options = Options(web_url="http://127.0.0.1:8080")
    assert socket_url(offer("ws://127.0.0.1:8081/im"), {"aid": "7"}, options) == "ws://127.0.0.1:8081/im?aid=7"
    for elsewhere in ("ws://127.0.0.2/im", "ws://webcast-ws.tiktok.com/im", "http://127.0.0.1/im"):
        with pytest.raises(SchemaError):
            socket_url(offer(elsewhere), {}, options)


def test_route_parameters_count_more_and_empty_ones_are_left_out() -> None:
    offered = offer("wss://webcast-ws.tiktok.com/im", aid="8", empty="")
    assert socket_url(offered, {"aid": "7", "x": ""}, Options()) == "wss://webcast-ws.tiktok.com/im?aid=8&x="
