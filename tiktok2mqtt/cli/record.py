"""`tiktok2mqtt record`: a LIVE into a file."""

import signal
import sys
import threading
from pathlib import Path

from tiktok2mqtt.bridge.client_options import client_options
from tiktok2mqtt.cli.status import DONE, FAILED
from tiktok2mqtt.settings import Settings
from tiktok2mqtt.webcast.errors import WebcastError
from tiktok2mqtt.webcast.options import Options
from tiktok2mqtt.webcast.recording import Recorder


def record(settings: Settings, room: str, path: Path, duration_s: float | None) -> int:
    """Write what is heard of a room into a new file, until Ctrl-C, SIGTERM or `duration_s`; return the exit status."""
    try:
        # What viewers write is nobody else's business.
        path.touch(0o600, exist_ok=False)
        file = path.open("wb")
    except OSError as error:
        print(f"tiktok2mqtt record: cannot make {path}: {error.strerror}", file=sys.stderr)
        return FAILED
    with file:
        recorder = Recorder(room, Options(**client_options(settings.tiktok, room)), file)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: recorder.interrupt())
        clock = threading.Timer(duration_s or 0, recorder.interrupt)
        clock.daemon = True
        if duration_s is not None:
            clock.start()
        try:
            recorder.run(lambda way: print(f"recording {room} by {way} into {path}; Ctrl-C ends it", flush=True))
        except WebcastError as error:
            print(f"tiktok2mqtt record: {error}", file=sys.stderr)
        finally:
            clock.cancel()
    if not recorder.responses:
        path.unlink()
        print("nothing was recorded", file=sys.stderr)
        return FAILED
    print(f"{recorder.responses} responses recorded")
    return DONE
