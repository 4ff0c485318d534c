import pytest

from tests.webcast.events.decode import payload_decoded
from tiktok2mqtt.simulator.encoder import Context
from tiktok2mqtt.simulator.examples import VERB_OF_EVENT, compose_message, examples, find_example
from tiktok2mqtt.simulator.messages import Head
from tiktok2mqtt.simulator.scenario_file import VERBS
from tiktok2mqtt.simulator.viewers import Viewer
from tiktok2mqtt.webcast.events.fields import COMMON_KEYS
from tiktok2mqtt.webcast.events.rows import ROWS

CONTEXT = Context(
    Head(room_id=5, host=Viewer.named("alice"), msg_id=7, now_ms=1_800_000_000_000), comment_id=9, battle_id=11
)
# The daemon makes it itself, when a handler fails or a frame cannot be read.
NOT_SENT = {"error"}


def test_every_event_has_an_example_or_a_verb() -> None:
    assert examples().keys() | VERB_OF_EVENT.keys() == {row.event for row in ROWS} - NOT_SENT
    assert not examples().keys() & VERB_OF_EVENT.keys()
    assert {verb for text in VERB_OF_EVENT.values() for verb in text.split(" or ")} <= set(VERBS)


@pytest.mark.parametrize("event", sorted(examples()))
def test_an_example_makes_its_event_and_says_something(event: str) -> None:
    example = examples()[event]
    payload = compose_message(example.type, example.fields, CONTEXT)
    decoded = payload_decoded(example.type, payload)[event]
    told = {key for key, value in decoded.items() if value not in (None, "", [], {})}
    assert told - set(COMMON_KEYS)
    # A number that has no word is no good example.
    assert [key for key in decoded if key.endswith("_name") and decoded[key] is None and key[:-5] in told] == []


def test_fields_of_an_example_can_be_replaced() -> None:
    fields = find_example("goal_update").with_fields({"update_source": 1, "goal": {"description": "A dance"}})
    assert (fields["update_source"], fields["goal"]["description"]) == (1, "A dance")
    assert fields["goal"]["sub_goals"] == examples()["goal_update"].fields["goal"]["sub_goals"]
    assert examples()["goal_update"].fields["goal"]["description"] != "A dance"


@pytest.mark.parametrize(
    ("event", "text"),
    [
        ("chat", "chat is made by the verb chat"),
        ("stream_end", "stream_end is made by the verb end or suspend"),
        ("pol", r"there is no event 'pol' to send; did you mean poll\?"),
        ("xyzzy", "there is no event 'xyzzy' to send$"),
    ],
)
def test_an_event_without_an_example_is_an_error(event: str, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        find_example(event)


def test_the_type_of_a_message_is_checked_and_its_common_added() -> None:
    with pytest.raises(ValueError, match=r"no message 'WebcastPolMessage'; did you mean WebcastPollMessage\?"):
        compose_message("WebcastPolMessage", {}, CONTEXT)
    fields = {"common": {"display_text": "{user:bob} is here"}, "status": 1}
    event = payload_decoded(
        "WebcastAccessRecallMessage", compose_message("WebcastAccessRecallMessage", fields, CONTEXT)
    )
    assert (event["access_recall"]["status"], event["access_recall"]["text"]) == (1, "Bob is here")
