import socket
import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok2mqtt.bridge.mqtt.sender import PacketWriter, publish_packet, publish_packet_5


class Taker:
    """A socket that takes as many bytes as it is told, or raises."""

    def __init__(self, *answers: int | OSError) -> None:
        self.answers = list(answers)
        self.taken = b""

    def send(self, data: bytes, /) -> int:
        answer = self.answers.pop(0)
        if isinstance(answer, OSError):
            raise answer
        self.taken += data[:answer]
        return min(answer, len(data))


def test_a_publish_packet_on_the_wire() -> None:
    assert publish_packet("a/b", b"hi", retain=False) == b"\x30\x07\x00\x03a/bhi"
    assert publish_packet("a/b", b"", retain=True) == b"\x31\x05\x00\x03a/b"
    assert publish_packet("ä", b"\xff", retain=False) == b"\x30\x05\x00\x02\xc3\xa4\xff"


@pytest.mark.parametrize(
    ("length", "encoded"),
    [
        # MQTT 3.1.1, table 2.4
        (127, b"\x7f"),
        (128, b"\x80\x01"),
        (16_383, b"\xff\x7f"),
        (16_384, b"\x80\x80\x01"),
        (2_097_151, b"\xff\xff\x7f"),
        (2_097_152, b"\x80\x80\x80\x01"),
    ],
)
def test_the_remaining_length_is_encoded_as_in_the_table(length: int, encoded: bytes) -> None:
    payload = b"x" * (length - 3)
    assert publish_packet("t", payload, retain=False) == b"\x30" + encoded + b"\x00\x01t" + payload


def test_mqtt_5_has_properties_between_topic_and_payload() -> None:
    assert publish_packet_5("t", b"hi", retain=False, expiry_s=None) == b"\x30\x06\x00\x01t\x00hi"
    assert publish_packet_5("t", b"hi", retain=True, expiry_s=60) == b"\x31\x0b\x00\x01t\x05\x02\x00\x00\x00\x3chi"


def test_what_a_full_socket_leaves_over_goes_first_the_next_time() -> None:
    writer = PacketWriter()
    sock = Taker(3, 0, 100)
    writer.write(sock, [b"ab", b"cd"])
    assert (sock.taken, bool(writer)) == (b"abc", True)
    writer.write(sock)
    writer.write(sock, [b"ef"])
    assert (sock.taken, bool(writer)) == (b"abcdef", False)


@pytest.mark.parametrize("error", [BlockingIOError(), ssl.SSLWantWriteError(), ssl.SSLWantReadError()])
def test_a_socket_that_takes_nothing_now_gets_it_later(error: OSError) -> None:
    writer = PacketWriter()
    sock = Taker(error, 100)
    writer.write(sock, [b"ab"])
    assert writer
    writer.write(sock)
    assert (sock.taken, bool(writer)) == (b"ab", False)


@pytest.mark.parametrize("error", [BrokenPipeError(), ConnectionResetError(), ssl.SSLEOFError()])
def test_a_lost_connection_loses_what_waits(error: OSError) -> None:
    writer = PacketWriter()
    writer.write(Taker(error), [b"ab"])
    assert not writer


def test_clear_forgets_half_a_packet() -> None:
    writer = PacketWriter()
    writer.write(Taker(1), [b"ab"])
    writer.clear()
    sock = Taker(100)
    writer.write(sock, [b"cd"])
    assert sock.taken == b"cd"


def test_nothing_to_write_writes_nothing() -> None:
    PacketWriter().write(Taker())


@given(st.lists(st.binary(max_size=20), max_size=20), st.data())
def test_everything_arrives_once_and_in_order(packets: list[bytes], data: st.DataObject) -> None:
    writer = PacketWriter()
    sock = Taker()
    for packet in packets:
        sock.answers = [data.draw(st.one_of(st.integers(0, 30), st.just(BlockingIOError())))]
        writer.write(sock, [packet])
    sock.answers = [10_000]
    writer.write(sock)
    assert (sock.taken, bool(writer)) == (b"".join(packets), False)


def test_a_real_socket_that_fills_up() -> None:
    near, far = socket.socketpair()
    with near, far:
        near.setblocking(False)
        writer = PacketWriter()
        sent = b"".join(b"%07d" % number for number in range(200_000))
        writer.write(near, [sent])
        assert writer
        received = b""
        while len(received) < len(sent):
            received += far.recv(65536)
            writer.write(near)
        assert (received, bool(writer)) == (sent, False)
