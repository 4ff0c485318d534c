import pytest

from tiktok2mqtt.webcast.net.cookies import MAX_COOKIE_CHARS, MAX_COOKIES, Jar

WEB = "https://www.tiktok.com/@alice"


def test_a_cookie_goes_back_to_where_it_came_from() -> None:
    jar = Jar()
    jar.take(WEB, ["ttwid=1%7Cabc; Path=/; HttpOnly; Secure", "a=b; Path=/other"])
    assert jar.header("https://www.tiktok.com/x?y=z") == "ttwid=1%7Cabc"
    assert jar.header("https://www.tiktok.com/other/") == "a=b; ttwid=1%7Cabc"
    assert jar.header("https://webcast.tiktok.com/") == jar.header("http://www.tiktok.com/x") == ""
    assert (jar.value("ttwid"), jar.value("b")) == ("1%7Cabc", None)


def test_a_cookie_of_the_whole_domain() -> None:
    jar = Jar()
    jar.take(WEB, ["ttwid=abc; Domain=.tiktok.com; Path=/"])
    assert jar.header("https://webcast.tiktok.com/webcast/") == "ttwid=abc"
    assert not jar.header("https://tiktok.com.example.org/")


@pytest.mark.parametrize("domain", ["example.org", ".example.org", "webcast.tiktok.com", ".com", "com", ".", "\x00"])
def test_a_cookie_of_another_domain_is_not_taken(domain: str) -> None:
    jar = Jar()
    jar.take(WEB, [f"ttwid=abc; Domain={domain}; Path=/"])
    assert jar.value("ttwid") is None


def test_the_newest_counts() -> None:
    jar = Jar()
    jar.take(WEB, ["ttwid=old; Path=/"])
    jar.take(WEB, ["ttwid=new; Path=/"])
    assert jar.value("ttwid") == "new"
    jar.take(WEB, ["ttwid=; Path=/; Max-Age=0"])
    assert jar.value("ttwid") is None


def test_ours_are_not_for_the_service_to_set() -> None:
    jar = Jar({"sessionid": "mine"})
    jar.take(WEB, ["sessionid=other; Path=/", "ttwid=abc; Path=/"])
    assert jar.header(WEB) == "ttwid=abc"


def test_a_flood_is_bounded_and_passes() -> None:
    jar = Jar()
    for wave in range(20):
        jar.take(WEB, [f"flood{wave}x{number}=1; Path=/" for number in range(100)])
        assert len(list(jar._jar)) <= 2 * MAX_COOKIES
    jar.take(WEB, ["ttwid=abc; Path=/"])
    jar.take(WEB, ["other=1; Path=/"])
    assert jar.value("ttwid") == "abc"


@pytest.mark.parametrize(
    "line",
    [
        "x=" + "y" * MAX_COOKIE_CHARS,
        "",
        "=",
        ";;;",
        "a",
        "\xff\x00=\x01",
        "a=b; Expires=never",
        "a=b; Max-Age=" + "9" * 99,
    ],
)
def test_what_no_cookie_should_be_is_no_crash(line: str) -> None:
    jar = Jar()
    jar.take(WEB, [line])
    assert len(jar.header(WEB)) < 20
