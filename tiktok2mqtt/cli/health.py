"""`tiktok2mqtt health`: asks a running daemon, over MQTT, whether it is well. Made for a container's HEALTHCHECK."""

import sys
import threading
import uuid
from typing import Any, Final

import orjson
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from tiktok2mqtt.bridge.login import authenticate
from tiktok2mqtt.bridge.topics import Topics
from tiktok2mqtt.cli.status import FAILED
from tiktok2mqtt.settings import Settings

TIMEOUT_S: Final = 5.0


def health(settings: Settings) -> int:
    """Send a health_check and print the answer in a line; return 0 when it says healthy, else 1."""
    topics = Topics(settings.mqtt.base_topic, settings.mqtt.bridge_topic)
    transaction = uuid.uuid4().hex
    answered = threading.Event()
    answers: list[dict[str, Any]] = []
    refusals: list[str] = []

    def on_connect(client: mqtt.Client, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any) -> None:
        if reason.is_failure:
            refusals.append(str(reason))
            answered.set()
            return
        client.subscribe(topics.response("health_check"), 1)

    def on_subscribe(client: mqtt.Client, *_: Any) -> None:
        client.publish(topics.request("health_check"), orjson.dumps({"transaction": transaction}), 1)

    def on_message(_client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        answer = orjson.loads(message.payload)
        if answer.get("transaction") == transaction:
            answers.append(answer["data"])
            answered.set()

    client = mqtt.Client(CallbackAPIVersion.VERSION2, f"{settings.mqtt.client_id}-health-{transaction[:8]}")
    authenticate(client, settings.mqtt)
    client.on_connect, client.on_subscribe, client.on_message = on_connect, on_subscribe, on_message
    try:
        client.connect(settings.mqtt.host, settings.mqtt.port)
    except (OSError, ValueError) as error:
        print(f"cannot reach the broker: {error}", file=sys.stderr)
        return FAILED
    client.loop_start()
    answered.wait(TIMEOUT_S)
    client.disconnect()
    client.loop_stop()
    if refusals:
        print(f"the broker refuses us: {refusals[0]}", file=sys.stderr)
        return FAILED
    if not answers:
        print(f"no answer from the daemon within {TIMEOUT_S:g} s", file=sys.stderr)
        return FAILED
    return _judge(answers[0])


def _judge(data: dict[str, Any]) -> int:
    healthy = data.get("healthy") is True
    word = "healthy" if healthy else "not healthy"
    print(f"{word}: up {data.get('uptime_s')} s, {data.get('live_rooms')} of {data.get('rooms')} rooms live")
    return 0 if healthy else FAILED
