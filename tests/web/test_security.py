"""Who is let in, and from where; with the real server."""

import re
from collections.abc import Iterator

import pytest
import requests
from pydantic import ValidationError

from tests.mqtt import Listener, Mosquitto
from tests.web.rig import TOKEN, Stream, Web, serving, web_settings
from tiktok2mqtt.settings import Settings, WebSettings
from tiktok2mqtt.web.security import (
    LOGIN_LIFETIME_S,
    MAX_ALL_FAILURES,
    MAX_FAILURES,
    Failures,
    Peer,
    Security,
    TooManyFailures,
)

PAGES = (
    "/",
    "/overlays",
    "/api/session",
    "/api/stream",
    "/api/log.txt",
    "/api/overlay?room=alice",
    "/metrics",
    "/events",
)

NO_PAGES = (
    *("/static/..%2fserver.py", "/static/%2e%2e/server.py", "/static/index.html", "/static/"),
    *("/overlay/alice/x", "/overlay/A B/chat"),
)


@pytest.fixture
def locked(mosquitto: Mosquitto, base: str) -> Iterator[Web]:
    """The program with a token."""
    with serving(web_settings(mosquitto.port, base, token=TOKEN)) as running:
        yield running


def log_in(web: Web, token: str = TOKEN) -> requests.Response:
    return web.post("/login", data={"token": token})


@pytest.mark.parametrize("path", PAGES)
def test_without_the_token_nothing_is_shown(locked: Web, path: str) -> None:
    answer = locked.get(path)
    assert answer.status_code == (303 if path == "/" else 401)
    assert "alice" not in answer.text


def test_a_command_without_the_token_is_refused(locked: Web) -> None:
    assert locked.post("/api/command", json={"command": "list"}).status_code == 401


def test_the_right_token_gives_a_cookie_that_scripts_and_other_sites_do_not_get(locked: Web) -> None:
    answer = log_in(locked)
    assert answer.status_code == 303
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert TOKEN not in cookie
    assert locked.get("/api/session", cookies=answer.cookies).ok


@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], TOKEN + "x", "ä" * 20])
def test_a_wrong_token_is_refused(locked: Web, token: str) -> None:
    answer = log_in(locked, token)
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("cookie", ["", "x", "9999999999.aa.bb", "9999999999..", "ä"])
def test_a_made_up_cookie_is_refused(locked: Web, cookie: str) -> None:
    headers = {"Cookie": f"tiktok2mqtt={cookie}".encode()}
    assert requests.get(locked.url + "/api/session", headers=headers, timeout=10).status_code == 401


def test_the_token_is_accepted_as_a_bearer_token(locked: Web) -> None:
    assert locked.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).ok
    assert locked.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_guessing_is_slowed_down(locked: Web) -> None:
    statuses = [log_in(locked, f"guess {number}").status_code for number in range(MAX_FAILURES + 2)]
    assert statuses == [401] * MAX_FAILURES + [429] * 2
    # Also for whoever has it by now.
    answer = log_in(locked)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 61


def test_an_overlay_reads_its_room_and_nothing_else(locked: Web) -> None:
    cookies = log_in(locked).cookies
    token = locked.get("/api/overlay?room=alice", cookies=cookies).json()["token"]
    assert locked.get(f"/overlay/alice/gifts?token={token}").ok
    stream = Stream(locked, f"/events?room=alice&token={token}")
    assert stream.response.status_code == 200
    stream.close()
    for path in (f"/events?room=bob&token={token}", f"/events?token={token}", "/events?room=alice&token=wrong"):
        assert locked.get(path).status_code == 401, path
    for path in ("/api/session", "/metrics", "/api/stream"):
        assert locked.get(f"{path}?token={token}").status_code == 401, path
    assert locked.get("/api/session", headers={"Authorization": f"Bearer {token}"}).status_code in {401, 429}


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8094", "localhost.evil.example", "127.0.0.1@evil.example", "a b", ""]
)
@pytest.mark.parametrize("path", ["/", "/api/session", "/events", "/healthz", "/static/dom.js"])
def test_a_foreign_host_is_refused(web: Web, path: str, host: str) -> None:
    assert web.get(path, headers={"Host": host}).status_code in {400, 421}


@pytest.mark.parametrize("host", ["localhost", "localhost:8094", "127.0.0.1", "[::1]:8094", "192.168.1.5:8094"])
def test_names_that_nobody_else_can_point_here_are_accepted(web: Web, host: str) -> None:
    assert web.get("/healthz", headers={"Host": host}).ok


def test_a_host_of_the_settings_is_accepted(mosquitto: Mosquitto, base: str) -> None:
    with serving(web_settings(mosquitto.port, base, hosts="tiktok.example.org")) as running:
        assert running.get("/healthz", headers={"Host": "Tiktok.example.org"}).ok


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1:1", "file://"]
)
@pytest.mark.parametrize("path", ["/api/session", "/events", "/api/stream"])
def test_a_foreign_origin_is_refused(web: Web, path: str, origin: str) -> None:
    answer = web.get(path, headers={"Origin": origin})
    assert answer.status_code == 403
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_reverse_proxy_may_say_where_the_page_is() -> None:
    security, forwarded = Security(WebSettings(proxies=["10.0.0.1"])), {"x-forwarded-host": "ha.local:8123"}
    assert security.allows_origin("http://ha.local:8123", Peer("10.0.0.1", "10.0.0.2:8094", forwarded))
    assert not security.allows_origin("http://ha.local:8123", Peer("10.0.0.3", "10.0.0.2:8094", forwarded))
    assert not security.allows_origin("http://evil.example", Peer("10.0.0.1", "10.0.0.2:8094", forwarded))


def test_what_a_proxy_says_does_not_help_a_foreign_host(web: Web) -> None:
    headers = {"Host": "evil.example", "X-Forwarded-Host": "localhost", "Origin": "http://evil.example"}
    assert web.get("/api/session", headers=headers).status_code == 421


def test_a_websocket_of_a_foreign_page_is_refused(web: Web) -> None:
    headers = {
        "Origin": "http://evil.example",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "x3JJHMbDL1EzLkh9GBhXDw==",
    }
    assert web.get("/events", headers=headers).status_code == 403


def test_an_origin_of_the_settings_may_read_the_feed_alone(mosquitto: Mosquitto, base: str) -> None:
    origin = "http://localhost:8000"
    with serving(web_settings(mosquitto.port, base, origins=origin)) as running:
        stream = Stream(running, "/events", Origin=origin)
        assert stream.response.headers["Access-Control-Allow-Origin"] == origin
        stream.close()
        assert running.get("/api/session", headers={"Origin": origin}).status_code == 403


def test_a_cross_site_post_is_refused(web: Web, base: str, daemon: Listener) -> None:
    csrf = web.get("/api/session").json()["csrf"]
    body, right = {"command": "list"}, {"X-CSRF-Token": csrf}
    for headers in (
        right | {"Origin": "http://evil.example"},
        right | {"Sec-Fetch-Site": "cross-site"},
        right | {"Sec-Fetch-Site": "same-site"},
        {},
        {"X-CSRF-Token": "wrong"},
        {"X-CSRF-Token": csrf[:-1]},
    ):
        assert web.post("/api/command", json=body, headers=headers).status_code == 403, headers
    # What a form of another page could send.
    assert web.post("/api/command", data='{"command":"list"}', headers=right).status_code == 415
    assert daemon.on(f"{base}/bridge/request/list") == []


def test_bodies_are_bounded(web: Web) -> None:
    csrf = web.get("/api/session").json()["csrf"]
    answer = web.post("/api/command", json={"command": "x" * 20_000}, headers={"X-CSRF-Token": csrf})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "path", ["/", "/overlays", "/overlay/alice/gifts", "/nothing", "/api/session", "/static/dom.js"]
)
def test_every_answer_has_the_policy(web: Web, path: str) -> None:
    headers = web.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "img-src 'self';" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_pictures_are_allowed_from_tiktok_alone() -> None:
    policy = Security(WebSettings(pictures=True)).headers()["Content-Security-Policy"]
    (sources,) = re.findall(r"img-src ([^;]*);", policy)
    assert all(one == "'self'" or re.fullmatch(r"https://\*\.[a-z-]+\.com", one) for one in sources.split())


def test_the_pages_have_neither_inline_scripts_nor_foreign_addresses(web: Web) -> None:
    for path in ("/", "/overlays", "/overlay/alice/gifts", "/login"):
        page = web.get(path).text
        assert not re.search(r"<script(?![^>]*src=)|\son\w+=|style=|https?://", page), path


@pytest.mark.parametrize("path", NO_PAGES)
def test_no_other_file_is_delivered(web: Web, path: str) -> None:
    assert web.get(path).status_code in {403, 404}


def test_only_a_proxy_of_the_settings_names_the_user(mosquitto: Mosquitto, base: str) -> None:
    named = {"Remote-User": "ann"}
    with serving(web_settings(mosquitto.port, base, proxy_header="Remote-User")) as running:
        assert running.get("/api/session").status_code == 401
        assert running.get("/api/session", headers=named).ok
    security = Security(WebSettings(proxy_header="Remote-User", proxies=["10.0.0.1"]))
    headers = {"remote-user": "ann"}
    assert security.is_let_in(Peer("10.0.0.1", "x", headers), None, 0, 0)
    assert not security.is_let_in(Peer("10.0.0.2", "x", headers), None, 0, 0)


def test_the_path_of_ingress_is_used_only_if_it_is_a_path(web: Web) -> None:
    def shown(path: str) -> str:
        return web.get("/", headers={"X-Ingress-Path": path}).text

    assert '<base href="/api/hassio_ingress/abc/">' in shown("/api/hassio_ingress/abc")
    for path in ("//evil.example", "http://evil.example", '/"><script>', "/a/../b"):
        assert '<base href="/">' in shown(path), path


def test_it_works_below_a_path(mosquitto: Mosquitto, base: str) -> None:
    with serving(web_settings(mosquitto.port, base, base_path="/live/tiktok/", token=TOKEN)) as running:
        assert running.settings.web.base_path == "/live/tiktok"
        assert running.get("/").headers["Location"] == "login"
        answer = log_in(running)
        assert "Path=/live/tiktok/" in answer.headers["Set-Cookie"]
        assert '<base href="/live/tiktok/">' in running.get("/", cookies=answer.cookies).text
        assert running.get("/static/dom.js").ok
        assert running.get("").headers["Location"] == "/live/tiktok/"


def test_other_than_loopback_needs_a_token() -> None:
    for address in ("0.0.0.0", "192.168.1.5", "::"):
        with pytest.raises(ValidationError, match=r"unless web.token is set"):
            Settings.model_validate({"web": {"listen": address}})
        assert Settings.model_validate({"web": {"listen": address, "token": TOKEN}}).web.listen == address
    with pytest.raises(ValidationError, match="at least 16"):
        Settings.model_validate({"web": {"token": "short"}})


def test_a_login_ends_after_its_time_and_with_its_token() -> None:
    security = Security(WebSettings.model_validate({"token": TOKEN}))
    cookie, peer = security.new_login(1000.0), Peer("1.2.3.4", "x", {})
    assert security.is_let_in(peer, cookie, 1000.0 + LOGIN_LIFETIME_S - 1, 0)
    assert not security.is_let_in(peer, cookie, 1000.0 + LOGIN_LIFETIME_S, 0)
    assert Security(WebSettings.model_validate({"token": TOKEN})).is_let_in(peer, cookie, 1000.0, 0)
    assert not Security(WebSettings.model_validate({"token": TOKEN + "2"})).is_let_in(peer, cookie, 1000.0, 0)
    assert not security.is_let_in(peer, security.overlay_token("alice"), 1000.0, 0)


def test_failures_are_forgotten_after_a_minute_and_counted_for_all() -> None:
    failures = Failures()
    for _ in range(MAX_FAILURES):
        failures.check("a", 0.0)
        failures.add("a", 0.0)
    with pytest.raises(TooManyFailures):
        failures.check("a", 59.0)
    failures.check("a", 61.0)
    failures.check("b", 0.0)
    for number in range(MAX_ALL_FAILURES):
        failures.add(f"n{number}", 0.0)
    with pytest.raises(TooManyFailures):
        failures.check("new", 1.0)
