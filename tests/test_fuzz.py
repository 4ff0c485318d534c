"""Runs every fuzz target on its corpus, which has all inputs that once broke one, and on random mutations of it.

In `make test` it is a share of the mutations; FUZZ=full runs all of them, in some minutes.
"""

import logging
import os
import random
import time
from pathlib import Path

import pytest

from fuzz import peers
from fuzz.mutations import mutated
from fuzz.targets import TARGETS

CORPUS = Path(__file__).parent.parent / "fuzz" / "corpus"
MAX_S = 1.0
MUTATIONS = 50_000
# A target that opens connections takes some milliseconds for each input.
SHARE, SHARE_OF_PEERS = 5_000, 500


def mutations_of(name: str) -> int:
    if os.environ.get("FUZZ") == "full":
        return MUTATIONS
    return SHARE_OF_PEERS if name in peers.TARGETS else SHARE


def test_every_target_has_a_corpus() -> None:
    assert {path.name for path in CORPUS.iterdir()} == TARGETS.keys()


@pytest.mark.unmeasured
@pytest.mark.timeout(1800)
# urllib3 leaves the file of a response open when its length is contradictory, until the error is deleted.
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
@pytest.mark.parametrize("name", TARGETS)
def test_corpus_and_mutations_do_not_break_a_target(name: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "urllib3")
    seeds = [path.read_bytes() for path in sorted((CORPUS / name).iterdir())]
    rng = random.Random(name)  # the same each time
    for data in [b"", *seeds, *(mutated(rng, seeds) for _ in range(mutations_of(name)))]:
        start = time.process_time()
        TARGETS[name](data)
        assert time.process_time() - start < MAX_S, f"{len(data)} bytes take too long: {data[:100]!r}"
