from collections.abc import Iterator

import pytest

from tiktok2mqtt.common import errors
from tiktok2mqtt.common.errors import AccessError, NetworkError, RoomError, WebcastError

# Class, its base class, code, minimum delay before another attempt in seconds.
TABLE: list[tuple[type[WebcastError], type[WebcastError], str, float]] = [
    (errors.RoomError, WebcastError, "error", 1),
    (errors.RoomOffline, RoomError, "offline", 1),
    (errors.RoomEnded, RoomError, "ended", 1),
    (errors.RoomSuspended, errors.RoomEnded, "suspended", 1),
    (errors.RoomNotFound, RoomError, "not_found", 60),
    (errors.PrivateOrBanned, RoomError, "private_or_banned", 60),
    (errors.AgeRestricted, RoomError, "age_restricted", 60),
    (errors.AccessError, WebcastError, "error", 30),
    (errors.Blocked, AccessError, "blocked", 30),
    (errors.CaptchaPage, AccessError, "captcha", 60),
    (errors.RateLimited, AccessError, "rate_limited", 60),
    (errors.ProviderLimited, errors.RateLimited, "rate_limited", 60),
    (errors.ProviderKey, AccessError, "provider_key", 60),
    (errors.StatusUnknown, WebcastError, "unknown", 30),
    (errors.WrongRoom, WebcastError, "wrong_room", 30),
    (errors.SchemaError, WebcastError, "schema", 30),
    (errors.ProviderDown, WebcastError, "provider_down", 30),
    (errors.ConnectionLimit, WebcastError, "connection_limit", 1),
    (errors.NetworkError, WebcastError, "network", 1),
    (errors.Interrupted, NetworkError, "network", 1),
    (errors.ProxyError, NetworkError, "proxy", 1),
    (errors.BrowserError, NetworkError, "browser", 5),
    (errors.StaleConnection, NetworkError, "stale", 1),
    (errors.AlreadyConnected, WebcastError, "usage", 1),
]


def descendants(of: type[WebcastError]) -> Iterator[type[WebcastError]]:
    for branch in of.__subclasses__():
        yield branch
        yield from descendants(branch)


@pytest.mark.parametrize(("kind", "branch", "code", "min_delay_s"), TABLE)
def test_each_error_has_its_base_class_code_and_minimum_delay(
    kind: type[WebcastError], branch: type[WebcastError], code: str, min_delay_s: float
) -> None:
    error = kind("what the user reads", retry_after_s=7.0)
    assert kind.__bases__ == (branch,)
    assert (error.code, error.min_delay_s, error.retry_after_s) == (code, min_delay_s, 7.0)
    assert str(error) == "what the user reads"
    assert kind("x").retry_after_s is None


def test_the_table_and_the_docstring_name_every_error() -> None:
    kinds = {kind for kind in descendants(WebcastError) if kind.__module__ == errors.__name__}
    assert kinds == {row[0] for row in TABLE}
    for kind in kinds:
        assert f" {kind.__name__} " in (errors.__doc__ or "")
        if kind.code != "error":
            assert kind.code in (errors.__doc__ or "")


@pytest.mark.parametrize("kind", [errors.Blocked, errors.CaptchaPage, errors.RateLimited, errors.ProviderKey])
def test_access_errors_have_the_http_status(kind: type[AccessError]) -> None:
    assert kind("no", status=403).status == 403
    assert kind("no").status is None


def test_an_error_loses_its_tracebacks_and_those_of_its_causes_but_not_the_causes() -> None:
    def connect() -> None:
        try:
            try:
                raise OSError("first")  # noqa: TRY301
            except OSError:
                raise ValueError("second")  # noqa: B904 - its context, not its cause
        except ValueError as error:
            raise NetworkError("third") from error

    with pytest.raises(NetworkError) as caught:
        connect()
    error = caught.value
    causes = [error, error.__cause__, error.__cause__ and error.__cause__.__context__]
    assert [str(cause) for cause in causes] == ["third", "second", "first"]
    assert error.without_traceback() is error
    assert [cause and cause.__traceback__ for cause in causes] == [None] * 3
    # An error can be its own cause.
    with pytest.raises(NetworkError) as caught:
        raise error from error
    caught.value.without_traceback()
