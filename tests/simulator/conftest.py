from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tiktok2mqtt.simulator import Limits, Simulator

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def strict() -> Iterator[Simulator]:
    """A simulator with short limits, for tests of wrong clients, which check the violations themselves."""
    with Simulator(limits=Limits(grace_s=0.1, enter_s=0.2, ack_s=0.2, read_s=0.3)) as simulator:
        yield simulator
    assert simulator.journal.failures == []
