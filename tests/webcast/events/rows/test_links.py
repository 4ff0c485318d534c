from tests.webcast.events.decode import decoded
from tests.webcast.events.samples import BOB, CAROL
from tiktok2mqtt.webcast.schema import battles_pb2 as pb


def test_fan_tickets_by_guest_and_in_total() -> None:
    guests = [pb.UserFanTicket(user_id=5, fan_ticket=12), pb.UserFanTicket(user_id=6)]
    notice = pb.FanTicketRoomNotice(user_fan_ticket=guests, total_linkmic_fan_ticket=12)
    event = decoded(pb.WebcastLinkMicFanTicketMethod(fan_ticket_room_notice=notice))["link_mic_fan_ticket"]
    assert [(guest["user_id"], guest["fan_tickets"]) for guest in event["guests"]] == [("5", 12), ("6", 0)]
    assert (
        {guest["match_score"] for guest in event["guests"]}
        == {guest["play_score"] for guest in event["guests"]}
        == {None}
    )
    assert (event["total_fan_tickets"], event["match_id"]) == (12, None)
    empty = decoded(pb.WebcastLinkMicFanTicketMethod())["link_mic_fan_ticket"]
    assert (empty["guests"], empty["total_fan_tickets"]) == ([], None)


def test_in_a_match_a_guest_has_a_score_of_its_own() -> None:
    notice = pb.FanTicketRoomNotice(user_fan_ticket=[pb.UserFanTicket(user_id=5)], match_id=7)
    event = decoded(pb.WebcastLinkMicFanTicketMethod(fan_ticket_room_notice=notice))["link_mic_fan_ticket"]
    assert (event["match_id"], event["guests"][0]["match_score"]) == ("7", 0)


def test_guests_and_applicants_of_a_link() -> None:
    users = pb.LinkedUsers(
        linked_users=[pb.LinkedUser(user=BOB, modify_time=1_700_000_000, fan_ticket=3), pb.LinkedUser()],
        applied_users=[pb.LinkedUser(user=CAROL)],
    )
    event = decoded(pb.WebcastLinkMessage(list_change=users))["link"]
    (guest,) = event["guests"]
    assert (guest["unique_id"], guest["fan_tickets"], guest["since"]) == ("bob", 3, "2023-11-14T22:13:20.000Z")
    assert [(one["unique_id"], one["since"]) for one in event["applicants"]] == [("carol", None)]
    many = pb.LinkedUsers(linked_users=[pb.LinkedUser(user=BOB)] * 25)
    assert len(decoded(pb.WebcastLinkMessage(list_change=many))["link"]["guests"]) == 20


def test_the_places_of_a_layout() -> None:
    places = [
        pb.LinkMicSpot(spot_id=1, pos_identity=pb.LinkMicPosition(type=3, value="5")),
        pb.LinkMicSpot(spot_id=2, pos_identity=pb.LinkMicPosition(type=1, value="7_1")),
        pb.LinkMicSpot(spot_id=3),
    ]
    event = decoded(pb.WebcastLinkMicLayoutStateMessage(channel_id=7, scene=4, biz_spot_list=places))
    assert event["link_mic_layout_state"]["spots"] == [
        {"place": 1, "user_id": "5", "link_mic_id": None},
        {"place": 2, "user_id": None, "link_mic_id": "7_1"},
        {"place": 3, "user_id": None, "link_mic_id": None},
    ]


def test_the_hosts_of_linked_rooms_are_named() -> None:
    infos = {12: pb.CohostInfo(nickname="Dora", display_id="dora"), 11: pb.CohostInfo(display_id="alice")}
    content = pb.LinkBusinessContent(cohost_content=pb.CohostContent(list_change=pb.CohostListChange(infos=infos)))
    event = decoded(pb.WebcastLinkLayerMessage(message_type=18, scene=2, business_content=content))["link_layer"]
    assert [(host["user_id"], host["unique_id"]) for host in event["co_hosts"]] == [("11", "alice"), ("12", "dora")]
    assert (event["message_type_name"], event["scene_name"]) == ("group_changed", "co_host")
