"""Print the chat of a LIVE: python chat_printer.py USER [--server URL]."""

import argparse
import sys

from tiktok2mqtt.webcast import WebcastError, WebcastPushConnection, server_options

parser = argparse.ArgumentParser(description="Print the chat of a LIVE.")
parser.add_argument("user", help="user name, @name or URL of a LIVE")
parser.add_argument("--server", help="URL of `tiktok2mqtt simulate`, in place of TikTok")
arguments = parser.parse_args()

connection = WebcastPushConnection(arguments.user, **server_options(arguments.server))
connection.on("chat", lambda event: print(event["nickname"], event["comment"], sep=": ", flush=True))
try:
    connection.run()
except WebcastError as error:
    sys.exit(str(error))
