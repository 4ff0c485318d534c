"""The simplest paho publisher, with paho's own network thread, as a program.

Arguments: port, topic, and a file with one payload per line. It prints "ready". It then reads requests from standard
input, one per line: `<count> <messages per second, or 0 for as fast as possible> [messages per burst]`. It publishes
that number of messages with QoS 0 and prints "done" when the last one is written.
"""

import itertools
import sys
import threading
import time
from pathlib import Path

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion


def main() -> None:
    port, topic, path = sys.argv[1:]
    payloads = Path(path).read_bytes().splitlines()
    client = _connect(int(port))
    print("ready", flush=True)
    for line in sys.stdin:
        count, rate, *burst = line.split()
        messages = list(itertools.islice(itertools.cycle(payloads), int(count)))
        _publish(client, topic, messages, float(rate), *map(int, burst))
        print("done", flush=True)


def _connect(port: int) -> mqtt.Client:
    connected = threading.Event()
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    client.on_connect = lambda *_: connected.set()
    client.connect("127.0.0.1", port)
    client.loop_start()
    connected.wait()
    return client


def _publish(client: mqtt.Client, topic: str, payloads: list[bytes], rate: float, burst: int = 1) -> None:
    start = time.monotonic()
    for number, payload in enumerate(payloads):
        if rate and number % burst == 0:
            time.sleep(max(0.0, start + number / rate - time.monotonic()))
        info = client.publish(topic, payload)
    info.wait_for_publish()


if __name__ == "__main__":
    main()
