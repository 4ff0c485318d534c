from typing import Any

import pytest

from tests.webcast.events.decode import decoded
from tests.webcast.events.samples import BOB, naming, text
from tiktok2mqtt.webcast.events.rows.battle_items import CARDS
from tiktok2mqtt.webcast.schema import battles_pb2 as pb
from tiktok2mqtt.webcast.schema import types_pb2

SENDER = pb.BattlePersonInfo(user=pb.BattlePerson(user_id=5, display_id="bob", nickname="Bob"))
PLAIN: dict[str, Any] = {
    "send_time_sec": 1_700_000_000,
    "send_user": SENDER,
    "effect_last_duration": 30,
    "to_anchor_id": 11,
}
WRAPPED: dict[str, Any] = {"common": pb.PlainCardInfo(**PLAIN)}
USES: dict[str, Any] = {
    "critical_strike": pb.UseCriticalStrikeCard(card_info=pb.CriticalStrikeCardInfo(**PLAIN, multiple=5)),
    "smoke": pb.UseSmokeCard(card_info=pb.SmokeCardInfo(**PLAIN)),
    "extra_time": pb.UseExtraTimeCard(card_info=pb.ExtraTimeCardInfo(**PLAIN, extra_duration_sec=60)),
    "special_effect": pb.UsePlainCard(card_info=pb.PlainCardInfo(**PLAIN)),
    "potion": pb.UsePlainCard(card_info=pb.PlainCardInfo(**PLAIN)),
    "wave": pb.UsePlainCard(card_info=pb.PlainCardInfo(**PLAIN)),
    "top2": pb.UseWrappedCard(card_info=pb.WrappedCardInfo(**WRAPPED)),
    "top3": pb.UseWrappedCard(card_info=pb.WrappedCardInfo(**WRAPPED)),
    "vault_glove": pb.UseVaultGloveCard(card_info=pb.VaultGloveCardInfo(**WRAPPED, multiple=3)),
    "music": pb.UseMusicCard(card_info=pb.MusicCardInfo(**WRAPPED, multiple=2)),
}


def item_card(**values: Any) -> dict[str, Any]:
    return decoded(pb.WebcastLinkMicBattleItemCard(**values))["link_mic_battle_item_card"]


@pytest.mark.parametrize("kind", CARDS)
def test_which_card_by_whom_for_whom_and_for_how_long(kind: str) -> None:
    card = item_card(**{f"use_{kind}_card": USES[kind]})["card"]
    assert (card["kind"], card["sent_by"]["unique_id"], card["host_user_id"]) == (kind, "bob", "11")
    assert (card["sent_at"], card["starts_at"]) == ("2023-11-14T22:13:20.000Z",) * 2
    assert (card["duration_s"], card["ends_at"]) == (30, "2023-11-14T22:13:50.000Z")
    assert card["multiplier"] == {"critical_strike": 5, "vault_glove": 3, "music": 2}.get(kind)
    assert card["extra_duration_s"] == (60 if kind == "extra_time" else None)


def test_the_effect_of_a_card_begins_later_than_it_is_played() -> None:
    info = pb.CriticalStrikeCardInfo(**PLAIN, effect_time_sec=1_700_000_003)
    card = item_card(use_critical_strike_card=pb.UseCriticalStrikeCard(card_info=info))["card"]
    assert (card["starts_at"], card["ends_at"]) == ("2023-11-14T22:13:23.000Z", "2023-11-14T22:13:53.000Z")


def test_what_a_card_does_not_say_is_null() -> None:
    card = item_card(use_smoke_card=pb.UseSmokeCard(anchor_id=12))["card"]
    assert card.pop("host_user_id") == "12"
    assert card.pop("kind") == "smoke"
    assert set(card.values()) == {None}


def test_cards_in_use_are_listed_by_host() -> None:
    items = [
        pb.CardQueueItem(smoke_card=pb.SmokeCardInfo(effect_last_duration=30)),
        pb.CardQueueItem(vault_glove_card=pb.VaultGloveCardInfo(multiple=3)),
    ]
    event = item_card(card_queue={13: pb.CardQueue(card_queue=items[:1]), 12: pb.CardQueue(card_queue=items)})
    assert [(card["host_user_id"], card["kind"]) for card in event["active_cards"]] == [
        ("12", "smoke"),
        ("12", "vault_glove"),
        ("13", "smoke"),
    ]
    many = pb.CardQueue(card_queue=items * 20)
    assert len(item_card(card_queue={12: many, 13: many})["active_cards"]) == 20


@pytest.mark.parametrize(
    ("key", "card"),
    [
        ("pm_mt_mvp_getItem_crit", "critical_strike"),
        ("pm_mt_mvp_getItem_mist", "smoke"),
        ("pm_mt_other", None),
        ("", None),
    ],
)
def test_the_text_of_an_award_names_the_card(key: str, card: str | None) -> None:
    shown = text(
        key, "{0:string} got a {1:image} card.", types_pb2.TextPiece(string_value="bob"), types_pb2.TextPiece()
    )
    event = item_card(msg_type=4, award_card_notice=pb.CardAward(display_content=shown, awarded_users=[SENDER]))
    assert (event["msg_type_name"], event["card"], event["awarded_card"]) == ("award", None, card)
    assert event["text"].startswith("bob got a")
    assert [user["unique_id"] for user in event["awarded_users"]] == ["bob"]


def test_an_effect_and_a_refund_name_the_host() -> None:
    effect = item_card(special_effect_notice=pb.CardEffect(score=30, from_user_id=5, to_anchor_id=11))
    assert (effect["score"], effect["from_user_id"], effect["to_user_id"]) == (30, "5", "11")
    music = item_card(music_effect_notice=pb.MusicEffect(from_user_id=5, to_anchor_id=12))
    assert (music["from_user_id"], music["to_user_id"]) == ("5", "12")
    award = item_card(music_award_notice=pb.MusicAward(to_anchor_id=12, display_content=text("k", "Music!")))
    assert (award["awarded_card"], award["to_user_id"], award["text"]) == ("music", "12", "Music!")
    assert item_card(anchor_left_card_refund_notice=pb.CardRefund(anchor_id=13))["to_user_id"] == "13"


def test_a_card_is_shown_with_its_own_text() -> None:
    use = pb.UseSmokeCard(display_content=text("k", "{0:user} sent 1 magic mist", naming(BOB)))
    assert item_card(use_smoke_card=use)["text"] == "Bob 🌹 sent 1 magic mist"


def task(**values: Any) -> dict[str, Any]:
    return decoded(pb.WebcastLinkmicBattleTaskMessage(**values))["link_mic_battle_task"]


def test_the_steps_of_a_task() -> None:
    config = pb.BattleBonusConfig(
        target_config=pb.TaskPeriodConfig(target_start_time=160, duration=40, progress_target=3),
        reward_config=pb.RewardPeriodConfig(reward_start_time=114, duration=30, reward_multiple=2),
    )
    start = task(start=pb.BattleTaskStart(battle_bonus_config=config))
    assert (start["target"], start["task_starts_before_end_s"], start["task_duration_s"]) == (3, 160, 40)
    assert (start["reward_multiplier"], start["reward_starts_before_end_s"], start["reward_duration_s"]) == (2, 114, 30)
    assert (start["progress"], start["result"], start["reward_status"]) == (None, None, None)
    update = task(task_message_type=1, task_update=pb.BattleTaskUpdate(from_user_id=5))
    assert (update["progress"], update["from_user_id"], update["result_name"]) == (0, "5", None)
    settled = task(task_message_type=2, task_settle=pb.BattleTaskSettle(reward_start_time=110))
    assert (settled["result_name"], settled["reward_starts_before_end_s"]) == ("succeeded", 110)
    rewarded = task(task_message_type=3, reward=pb.BattleRewardSettle(status=1))
    assert (rewarded["reward_status_name"], rewarded["reward_score"]) == ("failed", None)


@pytest.mark.parametrize(("value", "score"), [("1809", 1809), ("", None), ("x", None), ("٣", None), ("9" * 16, None)])
def test_the_score_of_a_reward_is_the_sum_in_its_text(value: str, score: int | None) -> None:
    elements = [pb.BattlePromptElement(field="multi", value="2"), pb.BattlePromptElement(field="sum", value=value)]
    assert task(reward=pb.BattleRewardSettle(prompt=pb.BattlePrompt(elements=elements)))["reward_score"] == score


def test_the_effects_that_hosts_wear_as_a_punishment() -> None:
    effects = pb.BattlePunishEffects(
        user_to_effect={12: 7, 13: 8}, effects={7: pb.BattlePunishEffect(name="Moustache")}
    )
    message = pb.WebcastLinkMicBattlePunishFinish(
        operator_user_id=11, match_punish_extra_info=pb.BattlePunishInfo(match_punish_effect_info=effects)
    )
    event = decoded(message)["link_mic_battle_punish_finish"]
    assert (event["operator_user_id"], event["reason_name"]) == ("11", "time_up")
    assert event["punish_effects"] == [
        {"user_id": "12", "effect_id": "7", "name": "Moustache"},
        {"user_id": "13", "effect_id": "8", "name": None},
    ]
