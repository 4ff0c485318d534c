"""The gift catalogue: one row per gift, with its wire and JSON forms."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from tiktok2mqtt.simulator.fields import GIFT
from tiktok2mqtt.simulator.viewers import encode_image
from tiktok2mqtt.simulator.wire import build

STREAKABLE: Final = 1
_ONE_SHOT: Final = 2


@dataclass(frozen=True)
class Gift:
    """One gift of the catalogue. `gift_type` 1 comes in streaks, any other as one message."""

    gift_id: int
    name: str
    diamonds: int
    gift_type: int = STREAKABLE

    @property
    def streakable(self) -> bool:
        """Whether repeated sends form a streak."""
        return self.gift_type == STREAKABLE

    @property
    def image_uri(self) -> str:
        """The path of the picture on the content hosts."""
        return "webcast-va/" + hashlib.sha256(self.name.encode()).hexdigest()[:32]

    @property
    def image_urls(self) -> list[str]:
        """The picture on two content hosts."""
        return [f"https://p{host}-webcast.tiktokcdn.com/img/maliva/{self.image_uri}~tplv-obj.webp" for host in (16, 19)]


CATALOGUE: Final = (
    Gift(5655, "Rose", 1),
    Gift(5269, "TikTok", 1),
    Gift(6064, "GG", 1),
    Gift(5487, "Finger Heart", 5),
    Gift(5658, "Perfume", 20),
    Gift(5879, "Doughnut", 30),
    Gift(5660, "Hand Hearts", 100),
    Gift(7168, "Money Gun", 500, _ONE_SHOT),
    Gift(11046, "Galaxy", 1_000, _ONE_SHOT),
    Gift(6369, "Lion", 29_999, _ONE_SHOT),
    Gift(9072, "TikTok Universe", 44_999, _ONE_SHOT),
)
_BY_NAME: Final = {gift.name.lower(): gift for gift in CATALOGUE}
_BY_ID: Final = {gift.gift_id: gift for gift in CATALOGUE}


def as_gift(gift: str | int | Gift) -> Gift:
    """Return a gift as given, by name (ignoring case) or by id. Raises ValueError with the catalogue."""
    if isinstance(gift, Gift):
        return gift
    found = _BY_ID.get(gift) if isinstance(gift, int) else _BY_NAME.get(gift.lower())
    if found is None:
        known = ", ".join(row.name for row in CATALOGUE)
        raise ValueError(f"no gift {gift!r} in the catalogue ({known})")
    return found


@lru_cache(maxsize=256)
def encode_gift(gift: Gift) -> bytes:
    """Encode a GiftStruct."""
    return build(
        GIFT,
        image=encode_image(gift.image_urls, gift.image_uri, avg_color="#523749"),
        describe=f"Sent {gift.name}",
        duration=1_000,
        id=gift.gift_id,
        for_link_mic=True,
        combo=gift.streakable,
        type=gift.gift_type,
        diamond_count=gift.diamonds,
        is_displayed_on_panel=True,
        name=gift.name,
        icon=encode_image(gift.image_urls, gift.image_uri, avg_color="#7C7CA3"),
    )


def provider_json(gift: Gift) -> dict[str, Any]:
    """Return the gift as a sign provider's catalogue has it, with a picture that only its own pages may show."""
    return {
        "giftId": gift.gift_id,
        "giftName": gift.name,
        "giftType": gift.gift_type,
        "diamondCount": gift.diamonds,
        "combo": gift.streakable,
        "forLinkMic": True,
        "describe": f"Sent {gift.name}",
        "duration": "1000",
        "imageUri": f"https://assets.example.org/{gift.image_uri}",
    }


def gift_json(gift: Gift) -> dict[str, Any]:
    """Return the gift as gift/list has it."""
    image = {"url_list": gift.image_urls, "uri": gift.image_uri, "avg_color": "#523749", "is_animated": False}
    return {
        "id": gift.gift_id,
        "name": gift.name,
        "describe": f"Sent {gift.name}",
        "diamond_count": gift.diamonds,
        "type": gift.gift_type,
        "combo": gift.streakable,
        "duration": 1_000,
        "icon": image,
        "image": image,
        "is_broadcast_gift": False,
        "is_displayed_on_panel": True,
        "item_type": 1,
        "can_put_in_gift_box": False,
        "for_linkmic": True,
    }
