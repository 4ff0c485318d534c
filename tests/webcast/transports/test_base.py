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
        "wss://127.0.0.1/",
        "wss:///path",
        "nonsense",
    ],
)
def test_other_sockets_are_refused(push_server: str) -> None:
    with pytest.raises(SchemaError, match="the socket is not on a TikTok host"):
        push_socket_url(response_with(push_server), {}, Options())


def test_a_socket_on_the_host_of_a_base_url_is_allowed() -> None:
    options = Options(web_url="http://127.0.0.1:8080")
    assert (
        push_socket_url(response_with("ws://127.0.0.1:8081/im"), {"aid": "7"}, options)
        == "ws://127.0.0.1:8081/im?aid=7"
    )
    for elsewhere in ("ws://127.0.0.2/im", "ws://webcast-ws.tiktok.com/im", "http://127.0.0.1/im"):
        with pytest.raises(SchemaError):
            push_socket_url(response_with(elsewhere), {}, options)


def test_route_parameters_take_precedence_and_empty_ones_are_left_out() -> None:
    response = response_with("wss://webcast-ws.tiktok.com/im", aid="8", empty="")
    assert push_socket_url(response, {"aid": "7", "x": ""}, Options()) == "wss://webcast-ws.tiktok.com/im?aid=8&x="
