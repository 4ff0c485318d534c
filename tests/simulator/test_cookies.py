from tiktok2mqtt.simulator.cookies import Cookies, parse


def value(set_cookie: str | None) -> str:
    assert set_cookie is not None
    return set_cookie.partition(";")[0].removeprefix("ttwid=")


def test_a_cookie_is_valid_until_it_is_blocked() -> None:
    cookies = Cookies()
    first = value(cookies.offer(""))
    assert cookies.good(first)
    assert not cookies.good("1%7Cmade-up")
    assert not cookies.good(None)
    cookies.block(first)
    assert (cookies.known(first), cookies.blocked(first), cookies.good(first)) == (True, True, False)


def test_only_clients_without_a_valid_cookie_get_a_new_one() -> None:
    cookies = Cookies()
    first = value(cookies.offer(""))
    assert cookies.offer(f"a=b; ttwid={first}") is None
    cookies.block(first)
    assert value(cookies.offer(f"ttwid={first}")) != first


def test_only_every_nth_request_gets_a_cookie() -> None:
    cookies = Cookies(on_try=3)
    assert [cookies.offer("") is not None for _ in range(6)] == [False, False, True, False, False, True]


def test_the_ttwid_is_found_in_a_cookie_header() -> None:
    assert parse("x=1; ttwid=1%7Ca-b_c; y=2") == "1%7Ca-b_c"
    assert parse("") is None
