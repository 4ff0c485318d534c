import threading
from collections import Counter
from collections.abc import Callable
from typing import Any, ClassVar

import pytest

from tests.helpers import until
from tiktok2mqtt.common.errors import Blocked, NetworkError, ProviderLimited, RateLimited, RoomEnded, WebcastError
from tiktok2mqtt.webcast.net.http import HttpClient
from tiktok2mqtt.webcast.net.options import TRANSPORTS, Options
from tiktok2mqtt.webcast.transports.fallback import FACTORIES, Fallback


class Rig:
    """A Fallback with fake transports: `fails` has the errors that `open` raises, by name; `log` lists all calls."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **options: Any) -> None:
        self.fails: dict[str, WebcastError] = {}
        self.log: list[str] = []
        self.stopping = threading.Event()
        self.on_open: Callable[[], object] = lambda: None
        rig = self

        def fake(transport_name: str) -> type:
            class Fake:
                name: ClassVar[str] = transport_name
                has_socket = False

                def __init__(self, *_: object) -> None: ...

                def open(self) -> None:
                    rig.log.append(f"open {self.name}")
                    rig.on_open()
                    if self.name in rig.fails:
                        raise rig.fails[self.name]

                def interrupt(self) -> None:
                    rig.log.append(f"interrupt {self.name}")

                def close(self) -> None:
                    rig.log.append(f"close {self.name}")

            return Fake

        factories = {name: fake(name) for name in TRANSPORTS}
        monkeypatch.setattr("tiktok2mqtt.webcast.transports.fallback.FACTORIES", factories)
        made = Options(**options)
        self.http = HttpClient(made)
        self.fallback = Fallback("alice", self.http, made, Counter(), self.stopping)

    def opened(self, room_id: str = "1") -> str:
        name = self.fallback.open(room_id).name
        self.fallback.close()
        return name


def test_every_transport_name_has_a_factory() -> None:
    assert tuple(FACTORIES) == TRANSPORTS


@pytest.mark.parametrize("order", [("direct", "polling"), ("polling", "direct"), ["polling"]])
def test_the_first_transport_that_opens_is_used(monkeypatch: pytest.MonkeyPatch, order: tuple[str, ...]) -> None:
    rig = Rig(monkeypatch, transports=order)
    assert rig.fallback.name == order[0]
    assert rig.fallback.open("1").name == order[0]
    assert rig.log == [f"open {order[0]}"]


def test_a_failed_transport_is_closed_before_the_next_is_tried(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "tiktok2mqtt")
    rig = Rig(monkeypatch)
    rig.fails["direct"] = Blocked("go away")
    assert rig.fallback.open("1").name == rig.fallback.name == "polling"
    # `signed` is skipped silently, since no provider is configured.
    assert rig.log == ["open direct", "close direct", "open polling"]
    assert [record.getMessage() for record in caplog.records] == ["alice: transport direct failed: go away"]


def test_if_all_fail_the_first_error_is_raised_with_the_longest_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig(monkeypatch)
    rig.fails = {"direct": Blocked("go away"), "polling": RateLimited("slowly", retry_after_s=300.0)}
    with pytest.raises(Blocked, match="go away") as caught:
        rig.fallback.open("1")
    assert caught.value.retry_after_s == 300.0
    assert rig.log == ["open direct", "close direct", "open polling", "close polling"]


SIGNING = {"sign_key": "hunter2"}


def test_signed_is_tried_in_its_place_if_there_is_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig(monkeypatch, **SIGNING)
    rig.fails["direct"] = Blocked("go away")
    assert rig.fallback.open("1").name == rig.fallback.name == "signed"
    assert rig.log == ["open direct", "close direct", "open signed"]


def test_the_limit_of_the_provider_does_not_delay_other_transports(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig(monkeypatch, transports=("signed", "direct", "polling"), **SIGNING)
    limit = ProviderLimited("slowly", retry_after_s=3600.0)
    rig.fails = {"signed": limit, "direct": Blocked("go away"), "polling": RateLimited("slowly", retry_after_s=5.0)}
    with pytest.raises(Blocked) as caught:
        rig.fallback.open("1")
    assert caught.value.retry_after_s == 5.0
    rig.log.clear()
    rig.fails.pop("polling")
    # Until then it is not asked again, not even for a new room.
    assert rig.opened("2") == "polling"
    assert rig.log == ["close signed", "open direct", "close direct", "open polling", "close polling"]


def test_the_limit_of_the_provider_is_obeyed_if_there_is_no_other_transport(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig(monkeypatch, transports=("signed",), **SIGNING)
    rig.fails["signed"] = ProviderLimited("slowly", retry_after_s=3600.0)
    for sentence in ("slowly", "the rate limit of the sign provider has not reset yet"):
        with pytest.raises(ProviderLimited, match=sentence) as caught:
            rig.fallback.open("1")
        assert 3590.0 < (caught.value.retry_after_s or 0.0) <= 3600.0
    assert rig.log == ["open signed", "close signed", "close signed"]


def test_the_provider_is_asked_again_after_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig(monkeypatch, transports=("signed",), **SIGNING)
    rig.fails["signed"] = ProviderLimited("slowly", retry_after_s=0.05)
    with pytest.raises(ProviderLimited):
        rig.fallback.open("1")
    rig.fails.clear()
    until(lambda: opens(rig))


def opens(rig: Rig) -> bool:
    try:
        return rig.opened() == "signed"
    except ProviderLimited:
        return False


def test_a_room_error_ends_the_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig(monkeypatch)
    rig.fails["direct"] = RoomEnded("over")
    with pytest.raises(RoomEnded):
        rig.fallback.open("1")
    assert rig.log == ["open direct", "close direct"]


def test_the_transport_that_worked_last_is_tried_first_for_the_same_room(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig(monkeypatch)
    rig.fails["direct"] = Blocked("go away")
    assert rig.opened() == "polling"
    rig.fails.clear()
    rig.log.clear()
    assert rig.opened() == "polling"
    assert rig.log == ["open polling", "close polling"]
    rig.fails["polling"] = NetworkError("gone")
    assert rig.opened() == "direct"
    assert rig.opened() == "direct"
    # A new LIVE starts with the order of the options.
    rig.fails = {"direct": Blocked("go away")}
    assert rig.opened("2") == "polling"
    rig.fails.clear()
    assert rig.opened("3") == "direct"


def test_nothing_is_opened_after_a_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig(monkeypatch)
    rig.stopping.set()
    with pytest.raises(NetworkError, match="disconnected while connecting"):
        rig.fallback.open("1")
    assert not any(entry.startswith("open") for entry in rig.log)


def test_a_stop_while_a_transport_opens_ends_the_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig(monkeypatch)
    rig.fails["direct"] = NetworkError("the socket is closed")
    rig.on_open = rig.stopping.set
    with pytest.raises(NetworkError, match="the socket is closed"):
        rig.fallback.open("1")
    assert rig.log == ["open direct", "close direct"]


def test_an_interrupt_reaches_the_open_transport(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig(monkeypatch)
    rig.fallback.interrupt()
    rig.fallback.open("1")
    rig.fallback.interrupt()
    rig.fallback.close()
    rig.fallback.close()
    rig.fallback.interrupt()
    assert rig.log == ["open direct", "interrupt direct", "close direct"]
