from dataclasses import replace

from tests.simulator.client import blob, fields, integer
from tiktok2mqtt.simulator import Viewer
from tiktok2mqtt.simulator.viewers import as_viewer, encode_identity, encode_user


def test_the_same_name_gives_the_same_viewer() -> None:
    assert Viewer.named("bob") == Viewer.named("bob") == as_viewer("@bob") == as_viewer(Viewer.named("bob"))
    assert Viewer.named("bob").user_id != Viewer.named("carol").user_id
    assert len(str(Viewer.named("bob").user_id)) == 19


def test_slim_user() -> None:
    viewer = Viewer(username="bob", nickname="Bob", user_id=5, picture_url="http://p/b")
    picture = b"\x0a\x0ahttp://p/b"
    assert encode_user(viewer, slim=True) == b"\x08\x05\x1a\x03Bob\x4a\x0c" + picture + b"\xb2\x02\x03bob"


def test_full_user() -> None:
    viewer = replace(Viewer.named("bob"), gifter_level=21, fans_level=3, is_moderator=True, is_subscriber=True)
    raw = encode_user(viewer)
    assert integer(raw, 1) == viewer.user_id
    assert blob(raw, 38) == b"bob"
    assert blob(raw, 1028) == str(viewer.user_id).encode()
    assert len(fields(blob(raw, 9))[1]) == 3
    assert integer(raw, 22, 2) == viewer.followers
    assert integer(raw, 32, 2) == 1
    badges = [badge for badge in fields(raw)[64] if isinstance(badge, bytes)]
    assert [integer(badge, 3) for badge in badges] == [8, 10, 1, 4]
    assert [blob(badge, 12, 5) for badge in badges[:2]] == [b"21", b"3"]
    assert encode_identity(viewer)[:2] == b"\x10\x01"


def test_masked_user() -> None:
    raw = fields(encode_user(Viewer(username="", nickname="a***b", user_id=0)))
    assert raw[3] == [b"a***b"]
    assert not {1, 9, 38, 64, 1028} & raw.keys()
