from tiktok2mqtt.simulator.cookies import Cookies, parse


def value(set_cookie: str | None) -> str:
    assert set_cookie is not None
    return set_cookie.partition(";")[0].removeprefix("ttwid=")


def test_minted_values_are_good_until_blocked() -> None:
    cookies = Cookies()
    first = value(cookies.offer(""))
    assert cookies.good(first)
    assert not cookies.good("1%7Cmade-up")
    assert not cookies.good(None)
    cookies.block(first)
    assert (cookies.known(first), cookies.blocked(first), cookies.good(first)) == (True, True, False)


def test_holder_of_a_good_cookie_gets_none_and_of_a_blocked_one_a_new_one() -> None:
    cookies = Cookies()
    first = value(cookies.offer(""))
    assert cookies.offer(f"a=b; ttwid={first}") is None
    cookies.block(first)
    assert value(cookies.offer(f"ttwid={first}")) != first


def test_only_the_nth_try_mints() -> None:
    cookies = Cookies(on_try=3)
    assert [cookies.offer("") is not None for _ in range(6)] == [False, False, True, False, False, True]


def test_parse() -> None:
    assert parse("x=1; ttwid=1%7Ca-b_c; y=2") == "1%7Ca-b_c"
    assert parse("") is None
