import pytest

from tiktok2mqtt.simulator.wire import Record, WireError, build, field, pairs, read, varint

TABLE = {"number": 1, "text": 2, "blob": 3, "many": 16}


@pytest.mark.parametrize(
    ("number", "raw"),
    [
        (0, b"\x00"),
        (1, b"\x01"),
        (127, b"\x7f"),
        (128, b"\x80\x01"),
        (300, b"\xac\x02"),
        (2**63 - 1, b"\xff\xff\xff\xff\xff\xff\xff\xff\x7f"),
        (-1, b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
    ],
)
def test_encoded_varint(number: int, raw: bytes) -> None:
    assert varint(number) == raw
    assert read(b"\x08" + raw) == [(1, number % 2**64)]


def test_encoded_message() -> None:
    raw = build(TABLE, number=150, text="tést", blob=b"\x00\xff", many=[7, 0])
    assert raw == b"\x08\x96\x01" + b"\x12\x05t\xc3\xa9st" + b"\x1a\x02\x00\xff" + b"\x80\x01\x07\x80\x01\x00"


def test_defaults_are_omitted_but_empty_bytes_are_written() -> None:
    assert build(TABLE, number=0, text="") == b""
    assert field(3, b"") == b"\x1a\x00"
    assert field(1, None) == b""
    assert field(1, value=True) == b"\x08\x01"


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(KeyError):
        build(TABLE, nunber=1)


def test_encoded_map() -> None:
    assert pairs(5, [("a", "b"), ("c", "")]) == b"\x2a\x06\x0a\x01a\x12\x01b" + b"\x2a\x03\x0a\x01c"


def test_a_record_uses_the_last_value_and_skips_unknown_fields() -> None:
    record = Record(TABLE, b"\x08\x01\x08\x02\x12\x02hi\x1a\x01\x00\x78\x09")
    assert (record.number("number"), record.text("text"), record.blob("blob")) == (2, "hi", b"\x00")
    assert record.has("text")
    assert not record.has("many")
    assert Record(TABLE, b"").number("number") == 0


def test_a_record_refuses_another_wire_type() -> None:
    record = Record(TABLE, b"\x0a\x01a\x10\x01\x1a\x01\xff")
    for wrong in (lambda: record.number("number"), lambda: record.text("text"), lambda: record.text("blob")):
        with pytest.raises(WireError):
            wrong()


def test_fixed_width_fields_are_read() -> None:
    assert read(b"\x09\x01\x00\x00\x00\x00\x00\x00\x00\x15\x02\x00\x00\x00") == [
        (1, b"\x01\x00\x00\x00\x00\x00\x00\x00"),
        (2, b"\x02\x00\x00\x00"),
    ]


@pytest.mark.parametrize(
    "raw",
    [b"\x08", b"\x08\x80", b"\x12\x05abc", b"\x0b", b"\x00\x01", b"\x08" + b"\xff" * 11, b"\x0d\x01", b"\x12"],
)
def test_malformed_bytes_are_refused(raw: bytes) -> None:
    with pytest.raises(WireError):
        read(raw)


def test_every_prefix_and_bit_flip_is_read_or_refused() -> None:
    raw = b"\x08\x96\x01\x12\x05t\xc3\xa9st\x1a\x02\x00\xff"
    damaged = [raw[:end] for end in range(len(raw))]
    damaged += [raw[:at] + bytes([raw[at] ^ 1 << bit]) + raw[at + 1 :] for at in range(len(raw)) for bit in range(8)]
    refused = 0
    for data in damaged:
        try:
            read(data)
        except WireError:
            refused += 1
    assert 0 < refused < len(damaged)
