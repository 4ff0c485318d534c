from typing import Any

import pytest

from tests.webcast.events.decode import decoded
from tests.webcast.events.samples import picture
from tiktok2mqtt.webcast.schema import battles_pb2 as pb


@pytest.mark.parametrize(
    ("action", "name"),
    [
        (0, None),
        (1, "invite"),
        (2, "reject"),
        (3, "cancel"),
        (4, "open"),
        (5, "finish"),
        (6, "cut_short"),
        (7, "accept"),
        (8, None),
    ],
)
def test_the_action_of_a_battle_has_a_name(action: int, name: str | None) -> None:
    event = decoded(pb.WebcastLinkMicBattle(action=action))["link_mic_battle"]
    assert (event["action"], event["action_name"]) == (action or None, name)


@pytest.mark.parametrize(
    ("anchor", "user_id"),
    [
        (pb.BattleAnchor(user_id=5), "5"),
        (pb.BattleAnchor(user_info=pb.BattlePersonInfo(user=pb.BattlePerson(user_id=6))), "6"),
        (pb.BattleAnchor(user_id=5, user_info=pb.BattlePersonInfo(user=pb.BattlePerson(user_id=6))), "5"),
        (pb.BattleAnchor(), None),
    ],
)
def test_a_host_is_identified_by_either_id(anchor: Any, user_id: str | None) -> None:
    (host,) = decoded(pb.WebcastLinkMicBattle(anchor_info=[anchor]))["link_mic_battle"]["hosts"]
    assert host == {"user_id": user_id, "unique_id": None, "nickname": None, "profile_picture_url": None}


def test_armies_are_sorted_by_host_and_have_at_most_ten_supporters() -> None:
    army = [pb.BattleArmy(user_id=n, score=100 - n, nickname=f"n{n}", avatar=picture("n")) for n in range(1, 13)]
    message = pb.WebcastLinkMicArmies(
        armies={9: pb.BattleArmies(host_score=2), 7: pb.BattleArmies(host_score=1, user_armies=army)}
    )
    first, second = decoded(message)["link_mic_armies"]["armies"]
    assert (first["user_id"], first["score"], len(first["supporters"])) == ("7", 1, 10)
    assert first["supporters"][0] == {
        "user_id": "1",
        "unique_id": None,
        "nickname": "n1",
        "profile_picture_url": "https://p16.example/n.webp",
        "score": 99,
    }
    assert second == {"user_id": "9", "score": 2, "supporters": []}
