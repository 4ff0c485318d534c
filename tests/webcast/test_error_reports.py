from tiktok2mqtt.common.errors import Blocked, NetworkError
from tiktok2mqtt.webcast.error_reports import ErrorReports
from tiktok2mqtt.webcast.memory import Drops


def test_each_kind_is_reported_at_once_and_then_every_ten_seconds() -> None:
    drops = Drops()
    reports = ErrorReports(drops)
    assert reports.dropped(0.0) == []
    drops.frames["gzip"] += 1
    assert reports.dropped(0.0) == [{"code": "schema", "reason": "1 frame unreadable", "count": 1}]
    drops.frames["frame"] += 2
    drops.undecodable["WebcastChatMessage"] += 1
    drops.too_large["WebcastChatMessage"] += 1
    assert reports.dropped(5.0) == [{"code": "schema", "reason": "2 messages unreadable", "count": 2}]
    assert reports.dropped(9.9) == []
    assert reports.dropped(10.0) == [{"code": "schema", "reason": "2 frames unreadable", "count": 2}]
    assert reports.dropped(30.0) == []


def test_lost_heartbeats_are_a_kind_of_their_own() -> None:
    drops = Drops()
    reports = ErrorReports(drops)
    drops.frames["heartbeat"] += 1
    assert reports.dropped(0.0) == [{"code": "stale", "reason": "1 heartbeat not answered", "count": 1}]
    drops.frames.update({"heartbeat": 2, "gzip": 1})
    assert reports.dropped(1.0) == [{"code": "schema", "reason": "1 frame unreadable", "count": 1}]


def test_unknown_types_and_bad_fields_are_no_errors() -> None:
    drops = Drops()
    drops.unknown["WebcastNewMessage"] += 1
    drops.bad_fields["User.nickname"] += 1
    assert ErrorReports(drops).dropped(0.0) == []


def test_a_fallback_is_reported_once_in_ten_seconds_for_each_transport() -> None:
    reports = ErrorReports(Drops())
    failures = [("direct", Blocked("no")), ("signed", NetworkError("lost"))]
    assert reports.fallback(failures, "polling", 0.0) == [
        {"code": "blocked", "reason": "direct failed, using polling: no", "count": 1},
        {"code": "network", "reason": "signed failed, using polling: lost", "count": 1},
    ]
    assert reports.fallback(failures[:1], "polling", 9.0) == []
    assert len(reports.fallback(failures[:1], "polling", 10.0)) == 1
