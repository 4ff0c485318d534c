import pytest

from tiktok2mqtt.simulator.masks import MaskCounter

MASKED = b"\x82\x81\x00\x00\x00\x00x"
PLAIN = b"\x82\x01x"
EMPTY = b"\x89\x80\x00\x00\x00\x00"
LONG_MASKED = b"\x82\xfe\x01\x00\x00\x00\x00\x00" + b"x" * 256
LONG_PLAIN = b"\x82\x7e\x01\x00" + b"x" * 256
HUGE_MASKED = b"\x82\xff" + (70_000).to_bytes(8, "big") + bytes(4 + 70_000)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100_000])
def test_unmasked_frames_are_counted_however_the_data_is_split(size: int) -> None:
    data = MASKED + PLAIN + EMPTY + LONG_MASKED + LONG_PLAIN + HUGE_MASKED + PLAIN
    counter = MaskCounter()
    for start in range(0, len(data), size):
        counter.feed(data[start : start + size])
    assert counter.unmasked == 3
