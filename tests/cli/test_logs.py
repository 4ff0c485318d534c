import io
import json
import logging
import re
from contextlib import closing
from pathlib import Path

import pytest

from tests.webcast.site import Site
from tiktok2mqtt.cli import logs
from tiktok2mqtt.cli.logs import Level, setup_logging
from tiktok2mqtt.settings import load_settings
from tiktok2mqtt.webcast.net.http import HttpClient
from tiktok2mqtt.webcast.net.options import Options

LOGGER = logging.getLogger("tiktok2mqtt.bridge")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pretend that the terminal supports colours."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")


def fail() -> None:
    raise RuntimeError("forged\x1b[2J\nline")


def log_a_failure() -> None:
    try:
        fail()
    except RuntimeError:
        LOGGER.exception("it failed")


def test_a_text_line() -> None:
    stream = io.StringIO()
    setup_logging("info", "text", stream)
    LOGGER.info("%s is live", "alice")
    LOGGER.warning("late")
    assert re.fullmatch(
        r"\d\d:\d\d:\d\d INFO    tiktok2mqtt\.bridge: alice is live\n"
        r"\d\d:\d\d:\d\d WARNING tiktok2mqtt\.bridge: late\n",
        stream.getvalue(),
    )


@pytest.mark.parametrize(
    ("stream", "variables", "coloured"),
    [
        (Terminal(), {}, True),
        (Terminal(), {"NO_COLOR": ""}, True),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"TERM": "dumb"}, False),
        (io.StringIO(), {}, False),
    ],
)
def test_only_a_terminal_gets_colours(
    monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, variables: dict[str, str], coloured: bool
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    setup_logging("info", "text", stream)
    LOGGER.error("x")
    assert ("\x1b[31mERROR  \x1b[0m tiktok2mqtt" in stream.getvalue()) is coloured
    assert ("\x1b" in stream.getvalue()) is coloured


def only_ours() -> None:
    """Remove pytest's handlers for this test: its workers cannot report a lone surrogate."""
    root = logging.getLogger()
    for handler in list(root.handlers):
        if not isinstance(handler, logs._Handler):
            root.removeHandler(handler)


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("two\nlines", "two\\nlines"),
        ("clear\x1b[2J", "clear\\x1b[2J"),
        ("back\r\x08", "back\\x0d\\x08"),
        ("c1\x9b2J", "c1\\x9b2J"),
        ("half \ud800", "half \\ud800"),
        ("ünï 🎁", "ünï 🎁"),
    ],
)
def test_hostile_text_stays_on_its_line(message: str, shown: str) -> None:
    stream = io.StringIO()
    setup_logging("info", "text", stream)
    only_ours()
    LOGGER.info(message)
    assert stream.getvalue().endswith(f": {shown}\n")
    assert stream.getvalue().count("\n") == 1


def test_a_traceback_keeps_only_its_line_breaks() -> None:
    stream = io.StringIO()
    setup_logging("info", "text", stream)
    log_a_failure()
    lines = stream.getvalue().splitlines()
    assert lines[0].endswith("ERROR   tiktok2mqtt.bridge: it failed")
    assert lines[1] == "Traceback (most recent call last):"
    assert lines[-2:] == ["RuntimeError: forged\\x1b[2J", "line"]


def test_json_lines() -> None:
    stream = io.StringIO()
    setup_logging("info", "json", stream)
    only_ours()
    LOGGER.warning('half \ud800 "x"\n%d', 5)
    log_a_failure()
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", first.pop("ts"))
    assert first == {"level": "warning", "logger": "tiktok2mqtt.bridge", "message": 'half \\ud800 "x"\n5'}
    assert second["exc"].startswith("Traceback (most recent call last):")
    assert second["exc"].endswith("RuntimeError: forged\x1b[2J\nline")


def test_a_stack_is_part_of_the_record() -> None:
    stream = io.StringIO()
    setup_logging("info", "json", stream)
    LOGGER.info("here", stack_info=True)
    assert "test_a_stack_is_part_of_the_record" in json.loads(stream.getvalue())["exc"]


@pytest.mark.parametrize(
    ("level", "shown"),
    [
        ("debug", ["own 10", "own 20", "own 30", "own 40", "other 10", "other 20", "other 30", "other 40"]),
        ("info", ["own 20", "own 30", "own 40", "other 30", "other 40"]),
        ("warning", ["own 30", "own 40", "other 30", "other 40"]),
        ("error", ["own 40", "other 40"]),
    ],
)
def test_the_level_applies_and_the_websocket_package_logs_less(level: str, shown: list[str]) -> None:
    stream = io.StringIO()
    setup_logging(level, "text", stream)  # type: ignore[arg-type]
    for prefix, logger in (("own", LOGGER), ("other", logging.getLogger("websocket"))):
        for number in (10, 20, 30, 40):
            logger.log(number, "%s %d", prefix, number)
    assert [line.partition(": ")[2] for line in stream.getvalue().splitlines()] == shown


def test_secrets_are_not_logged_when_settings_are_reloaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYDANTIC_SETTINGS_DEBUG", "1")
    monkeypatch.setenv("TIKTOK2MQTT_TIKTOK__SIGN_KEY", "hunter2")
    stream = io.StringIO()
    setup_logging("debug", "text", stream)
    load_settings()
    assert "hunter2" not in stream.getvalue()


def test_urls_are_never_logged() -> None:
    stream = io.StringIO()
    setup_logging("debug", "text", stream)
    logging.getLogger("urllib3.connectionpool").debug("GET /?device_id=1")
    assert stream.getvalue() == ""


@pytest.mark.parametrize("level", ["debug", "warning"])
def test_cookies_of_a_response_with_invalid_headers_are_not_logged(level: Level) -> None:
    stream = io.StringIO()
    setup_logging(level, "text", stream)
    with closing(Site()) as site, closing(HttpClient(Options(web_url=site.url))) as client:
        site.answers["/x"] = lambda request: request.wfile.write(
            b"HTTP/1.0 200 OK\r\nno header\r\nSet-Cookie: sessionid=hunter2\r\n\r\nhi"
        )
        assert client.get(site.url + "/x?device_id=1").body == b"hi"
    assert "hunter2" not in stream.getvalue()
    assert "device_id" not in stream.getvalue()


def test_a_second_call_replaces_the_first_and_leaves_other_handlers_alone() -> None:
    root = logging.getLogger()
    other = logging.NullHandler()
    root.addHandler(other)
    first, second = io.StringIO(), io.StringIO()
    setup_logging("debug", "text", first)
    setup_logging("info", "json", second)
    LOGGER.info("x")
    assert first.getvalue() == ""
    assert second.getvalue().count("\n") == 1
    assert other in root.handlers
