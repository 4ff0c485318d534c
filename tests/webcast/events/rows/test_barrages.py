from typing import Any

import pytest

from tests.webcast.events.decode import decoded
from tests.webcast.events.samples import BOB, CAROL, badge, common, naming, text
from tiktok2mqtt.webcast.schema import messages_pb2
from tiktok2mqtt.webcast.schema import notices_pb2 as pb
from tiktok2mqtt.webcast.schema import types_pb2 as types


@pytest.mark.parametrize(
    ("message", "other", "what"),
    [
        (
            pb.WebcastBarrageMessage(content=text("ttlive_superFan_became", "{0:user} is a super fan", naming(BOB))),
            "barrage",
            "became",
        ),
        (
            pb.WebcastBarrageMessage(
                common_barrage_content=text("ttlive_superFan_commentNotif_joined", "{0:user} joined", naming(BOB))
            ),
            "barrage",
            "joined",
        ),
        (
            pb.WebcastBarrageMessage(common=common("TTLIVE_SUPERFAN", "x"), fans_level_param=pb.BarrageGrade(user=BOB)),
            "barrage",
            "became",
        ),
        (
            pb.WebcastEnvelopeMessage(common=common("ttlive_superFanBox_sent", "{0:user} sent a box", naming(BOB))),
            "envelope",
            "box",
        ),
        (
            pb.WebcastEnvelopeMessage(
                common=common("pm_x", "{0:user} sent a box", naming(BOB)),
                envelope_info=pb.EnvelopeInfo(business_type=19),
            ),
            "envelope",
            "box",
        ),
        (
            pb.WebcastRoomMessage(common=common("ttlive_superFan_joined", "{0:user} joined", naming(BOB))),
            "room_message",
            "joined",
        ),
        (
            messages_pb2.WebcastSocialMessage(
                common=common("ttlive_superFan_became", "{0:user} did", naming(BOB)), user=BOB
            ),
            "social",
            "became",
        ),
    ],
)
def test_a_super_fan_event_accompanies_the_event_of_its_message(message: Any, other: str, what: str) -> None:
    events = decoded(message)
    assert set(events) == {other, "super_fan"}
    event = events["super_fan"]
    assert (event["what"], event["unique_id"]) == (what, "bob")
    assert event["text"]


@pytest.mark.parametrize(
    "message",
    [
        pb.WebcastBarrageMessage(content=text("ttlive_fan", "x")),
        pb.WebcastEnvelopeMessage(common=common("ttlive_superFan_became", "x")),
        pb.WebcastEnvelopeMessage(envelope_info=pb.EnvelopeInfo(business_type=1)),
    ],
)
def test_other_barrages_and_envelopes_are_no_super_fan(message: Any) -> None:
    assert "super_fan" not in decoded(message)


@pytest.mark.parametrize(
    ("message", "who"),
    [
        (pb.WebcastBarrageMessage(), None),
        (pb.WebcastBarrageMessage(user_grade_param=pb.BarrageGrade(current_grade=3)), None),
        (
            pb.WebcastBarrageMessage(user_grade_param=pb.BarrageGrade(user=BOB), content=text("", "", naming(CAROL))),
            "bob",
        ),
        (pb.WebcastBarrageMessage(fans_level_param=pb.BarrageGrade(user=CAROL)), "carol"),
        (
            pb.WebcastBarrageMessage(
                user_grade_param=pb.BarrageGrade(user=BOB), fans_level_param=pb.BarrageGrade(user=CAROL)
            ),
            "bob",
        ),
        (pb.WebcastBarrageMessage(content=text("", "", types.TextPiece(string_value="x"), naming(BOB))), "bob"),
        (pb.WebcastBarrageMessage(common_barrage_content=text("", "", naming(CAROL), naming(BOB))), "carol"),
        (pb.WebcastBarrageMessage(user=BOB, user_grade_param=pb.BarrageGrade(user=CAROL)), "bob"),
    ],
)
def test_the_user_of_a_barrage(message: Any, who: str | None) -> None:
    assert decoded(message)["barrage"]["unique_id"] == who


@pytest.mark.parametrize(
    ("message", "level"),
    [
        (pb.WebcastBarrageMessage(user_grade_param=pb.BarrageGrade(current_grade=31)), 31),
        (pb.WebcastBarrageMessage(fans_level_param=pb.BarrageGrade(current_grade=12)), 12),
        (pb.WebcastBarrageMessage(badge=badge(8, "7")), 7),
        (pb.WebcastBarrageMessage(user_grade_param=pb.BarrageGrade(current_grade=31), badge=badge(8, "7")), 31),
        (pb.WebcastBarrageMessage(badge=badge(8, "0")), None),
        (pb.WebcastBarrageMessage(), None),
    ],
)
def test_the_level_of_a_barrage(message: Any, level: int | None) -> None:
    assert decoded(message)["barrage"]["level"] == level


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        (pb.WebcastBarrageMessage(content=text("k", "joined"), user=CAROL), "Carol joined"),
        (pb.WebcastBarrageMessage(content=text("k", "joined"), user=types.User(unique_id="dora")), "dora joined"),
        (pb.WebcastBarrageMessage(content=text("k", "joined"), user=types.User()), "joined"),
        (pb.WebcastBarrageMessage(content=text("k", "joined")), "joined"),
        (pb.WebcastBarrageMessage(content=text("k", "Welcome to the LIVE"), user=CAROL), "Welcome to the LIVE"),
        (pb.WebcastBarrageMessage(content=text("k", "{0:user} joined", naming(CAROL)), user=CAROL), "Carol joined"),
        (
            pb.WebcastBarrageMessage(
                content=text("k", "{0:user} joined", naming(types.User(nickname="dora"))),
                user=types.User(nickname="dora"),
            ),
            "dora joined",
        ),
        (pb.WebcastBarrageMessage(user=CAROL), None),
    ],
)
def test_the_text_of_a_barrage_says_who(message: Any, shown: str | None) -> None:
    assert decoded(message)["barrage"]["text"] == shown


@pytest.mark.parametrize(("kind", "name"), [(9, "gifter_joined"), (11, "fan_joined"), (0, None), (77, None)])
def test_the_kind_of_a_barrage_has_a_name(kind: int, name: str | None) -> None:
    event = decoded(pb.WebcastBarrageMessage(msg_type=kind))["barrage"]
    assert (event["barrage_type"], event["barrage_type_name"]) == (kind or None, name)
