"""Append the chat of a LIVE to a file, a JSON object a line: python chat_to_file.py USER FILE [--server URL]."""

import argparse
import json
import sys
from pathlib import Path

from tiktok2mqtt.webcast import WebcastError, WebcastPushConnection, server_options

parser = argparse.ArgumentParser(description="Append the chat of a LIVE to a file.")
parser.add_argument("user", help="user name, @name or URL of a LIVE")
parser.add_argument("file", type=Path, help="file to append to")
parser.add_argument("--server", help="URL of `tiktok2mqtt simulate`, in place of TikTok")
arguments = parser.parse_args()

try:
    with (
        arguments.file.open("a", encoding="utf-8") as file,
        WebcastPushConnection(arguments.user, **server_options(arguments.server)) as connection,
    ):
        for event in connection.events():
            if event["event_type"] == "chat":
                line = {"ts": event["ts"], "user": event["unique_id"], "comment": event["comment"]}
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
                file.flush()
except (WebcastError, OSError) as error:
    sys.exit(str(error))
except KeyboardInterrupt:
    pass
