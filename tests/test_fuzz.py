"""Runs every fuzz target on its corpus, which has all inputs that once broke one, and on random mutations of it."""

import random
import time
from pathlib import Path

import pytest

from fuzz.targets import TARGETS

CORPUS = Path(__file__).parent.parent / "fuzz" / "corpus"
MUTATIONS = 5_000
MAX_S = 1.0


def mutated(rng: random.Random, seeds: list[bytes]) -> bytes:
    """Return a seed with some bytes changed, removed, inserted or repeated, or joined with another seed."""
    data = bytearray(rng.choice(seeds))
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data) + 1)
        match rng.randrange(5):
            case 0 if at < len(data):
                data[at] = rng.randrange(256)
            case 1:
                del data[at : at + rng.randint(1, 64)]
            case 2:
                data[at:at] = rng.randbytes(rng.randint(1, 16))
            case 3:
                data[at:at] = data[at : at + 64]
            case _:
                data[at:] = rng.choice(seeds)[at:]
    return bytes(data)


def test_every_target_has_a_corpus() -> None:
    assert {path.name for path in CORPUS.iterdir()} == TARGETS.keys()


@pytest.mark.unmeasured
@pytest.mark.parametrize("name", TARGETS)
def test_corpus_and_mutations_do_not_break_a_target(name: str) -> None:
    seeds = [path.read_bytes() for path in sorted((CORPUS / name).iterdir())]
    rng = random.Random(name)  # the same each time
    for data in [b"", *seeds, *(mutated(rng, seeds) for _ in range(MUTATIONS))]:
        start = time.process_time()
        TARGETS[name](data)
        assert time.process_time() - start < MAX_S, f"{len(data)} bytes take too long: {data[:100]!r}"
