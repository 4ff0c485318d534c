"""Random mutations of inputs: of bytes, and of words, which reach further into a text."""

import random
import re
from typing import Final

# A string or a number of JSON, a word of a header or a URL.
_WORD: Final = re.compile(rb'"[^"\\]{0,80}"|-?\d+(?:\.\d+)?|[A-Za-z_-]{3,40}')
_HOSTILE: Final = (
    b"",
    b"-5",
    b"0",
    b"00",
    b"99999",
    b"1e999",
    b"1.5",
    b"9223372036854775808",
    b"18446744073709551616",
    b"9" * 5_000,
    "٣".encode(),
    b"null",
    b"true",
    b"NaN",
    b"[]",
    b"{}",
    b'"x"',
    b'""',
    b'"\\ud800"',
    b"[" * 1_000 + b"]" * 1_000,
    b'{"a":' * 1_000 + b"1" + b"}" * 1_000,
    b"x" * 5_000,
    b"\xff\xfe",
    b"\x00",
    b"\r\n",
    b"\r\n\r\n",
    b" ",
    b";",
    b":",
    b"//x@example.org:99999/",
    b"[::1",
    b"chunked",
    b"gzip",
    b"set-cookie",
    b"location",
    b"Thu, 99 Foo 99999 99:99:99 +9999",
)


def mutated(rng: random.Random, seeds: list[bytes]) -> bytes:
    """Return a seed with some bytes or words changed, removed, inserted or repeated, or joined with another seed."""
    data = bytearray(rng.choice(seeds))
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data) + 1)
        match rng.randrange(8):
            case 0 if at < len(data):
                data[at] = rng.randrange(256)
            case 1:
                del data[at : at + rng.randint(1, 64)]
            case 2:
                data[at:at] = rng.randbytes(rng.randint(1, 16))
            case 3:
                data[at:at] = data[at : at + 64]
            case 4:
                data[at:] = rng.choice(seeds)[at:]
            case _:
                word = _WORD.search(data, at) or _WORD.search(data)
                if word:
                    data[word.start() : word.end()] = rng.choice(_HOSTILE)
    return bytes(data)
