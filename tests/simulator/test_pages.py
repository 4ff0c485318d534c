import json
import re

from tiktok2mqtt.simulator import pages
from tiktok2mqtt.simulator.state import RoomState, World

SCRIPT = re.compile(r'<script id="([A-Za-z_]+)" type="application/json">(.*?)</script>')


def live_room(title: str = "hello") -> RoomState:
    room = World().room("alice")
    room.start(7286184560900803334, title, 12, 1_700_000_000.0)
    return room


def test_live_page() -> None:
    page = pages.live_page("alice", live_room())
    found = SCRIPT.search(page)
    assert found is not None
    assert found[1] == "SIGI_STATE"
    info = json.loads(found[2])["LiveRoom"]["liveRoomUserInfo"]
    assert info["user"]["roomId"] == "7286184560900803334"
    assert (info["user"]["uniqueId"], info["user"]["status"]) == ("alice", 2)
    assert (info["liveRoom"]["status"], info["liveRoom"]["title"]) == (2, "hello")
    # Clients of 2022 search for this text.
    assert re.search(r'"roomId":"(\d+)"', page)
    assert '"og:url"' in page


def test_a_title_cannot_end_the_script() -> None:
    found = SCRIPT.search(pages.live_page("alice", live_room("</script><b>")))
    assert found is not None
    assert json.loads(found[2])["LiveRoom"]["liveRoomUserInfo"]["liveRoom"]["title"] == "</script><b>"


def test_live_page_of_an_unknown_user() -> None:
    page = pages.live_page('x"y', None)
    assert "SIGI_STATE" not in page
    assert "/@x&quot;y/live" in page


def test_profile_page() -> None:
    found = SCRIPT.search(pages.profile_page("alice", live_room()))
    assert found is not None
    assert found[1] == "__UNIVERSAL_DATA_FOR_REHYDRATION__"
    detail = json.loads(found[2])["__DEFAULT_SCOPE__"]["webapp.user-detail"]
    assert detail["statusCode"] == 0
    assert detail["userInfo"]["user"]["roomId"] == "7286184560900803334"
    assert '"statusCode":10221' in pages.profile_page("bob", None)


def test_a_private_user_is_visible_only_as_the_status_of_the_profile() -> None:
    room = live_room()
    room.private = True
    assert "SIGI_STATE" not in pages.live_page("alice", room)
    assert pages.api_room(room)["statusCode"] == 19881007
    assert '"statusCode":10222' in pages.profile_page("alice", room)


def test_api_room() -> None:
    room = World().room("alice")
    assert pages.api_room(None)["statusCode"] == 19881007
    assert pages.api_room(room)["data"]["user"]["roomId"] == ""
    room.start(5, "", 1, 1.0)
    assert pages.api_room(room)["data"]["liveRoom"]["status"] == 2
    room.stop(2.0)
    data = pages.api_room(room)["data"]
    assert (data["user"]["roomId"], data["liveRoom"]["status"]) == ("5", 4)


def test_room_info() -> None:
    room = live_room()
    room.counters.likes = 90
    response = pages.room_info(room, room.room_id, logged_in=False)
    data = response["data"]
    assert response["status_code"] == 0
    assert (data["id_str"], data["status"], data["user_count"]) == ("7286184560900803334", 2, 12)
    assert data["stats"]["like_count"] == 90
    assert data["owner"]["display_id"] == "alice"
    assert data["owner"]["follow_info"]["follower_count"] == room.followers
    assert set(data["stream_url"]["flv_pull_url"]) == {"FULL_HD1", "HD1", "SD1", "SD2"}


def test_room_info_of_ended_and_age_restricted_rooms() -> None:
    room = live_room()
    assert pages.room_info(None, 3, logged_in=False)["status_code"] == 30003
    assert pages.room_info(room, 3, logged_in=False)["data"]["status"] == 4
    room.age_restricted = True
    assert pages.room_info(room, room.room_id, logged_in=False)["status_code"] == 4003110
    assert pages.room_info(room, room.room_id, logged_in=True)["status_code"] == 0


def test_gift_list_and_alive() -> None:
    rose = pages.gift_list()["data"]["gifts"][0]
    assert (rose["id"], rose["name"], rose["diamond_count"], rose["type"]) == (5655, "Rose", 1, 1)
    assert pages.check_alive([(7, True)])["data"] == [{"alive": True, "room_id": 7, "room_id_str": "7"}]
