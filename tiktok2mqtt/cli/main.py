"""The command `tiktok2mqtt`: parses the arguments and runs one of its commands.

Exit status: 0 done, 1 failed, 2 wrong settings or arguments, 3 the broker refuses the login, or another daemon or
client is in our place, 130 interrupted.
"""

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tiktok2mqtt import __version__
from tiktok2mqtt.cli.terminal import INTERRUPTED, WRONG_USAGE
from tiktok2mqtt.common.names import clean_room_name
from tiktok2mqtt.settings import Settings, SettingsError, load_settings
from tiktok2mqtt.settings.model import ROWS

_Run = Callable[[Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status."""
    arguments = build_parser().parse_args(argv)
    run: _Run = arguments.run
    try:
        return run(arguments)
    except SettingsError as error:
        for problem in error.problems:
            print(f"tiktok2mqtt: {problem}", file=sys.stderr)
        return WRONG_USAGE
    except KeyboardInterrupt:
        # Commands that run until Ctrl-C handle it themselves.
        return INTERRUPTED


def build_parser() -> ArgumentParser:
    """Return the parser; `run` in its result is the function of the command."""
    parser = ArgumentParser(prog="tiktok2mqtt", description="TikTok LIVE events on MQTT.")
    parser.add_argument("--version", action="version", version=f"tiktok2mqtt {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    config = ArgumentParser(add_help=False)
    config.add_argument("--config", type=Path, metavar="FILE", help="Read settings from this TOML file.")
    broker = ArgumentParser(add_help=False, parents=[config])
    broker.add_argument(
        "--mqtt-host", dest="mqtt.host", metavar="HOST", help="Host of the broker (default: localhost)."
    )
    broker.add_argument("--mqtt-port", dest="mqtt.port", metavar="PORT", help="Port of the broker (default: 1883).")
    duration = ArgumentParser(add_help=False)
    duration.add_argument("--duration", type=_positive, metavar="SECONDS", help="Stop after this time.")
    room = ArgumentParser(add_help=False, parents=[config, duration])
    room.add_argument("room", type=_room, metavar="USER", help="User name, @name or TikTok URL.")
    _add_daemon_commands(commands, broker)
    _add_room_commands(commands, broker, room)
    _add_simulator_commands(commands, duration)
    schema = _add(commands, "schema", _schema, "Print the JSON Schema of an event, or of all events.")
    schema.add_argument("event", nargs="?", metavar="EVENT", help="Name of the event, for example question_new.")
    schema.add_argument("--list", action="store_true", help="Only list the names of all events.")
    return parser


def _add(commands: Any, name: str, run: _Run, text: str, *parents: ArgumentParser) -> ArgumentParser:
    """Add a command, with the arguments of `parents`, and return its parser."""
    parser: ArgumentParser = commands.add_parser(name, help=text, description=text, parents=parents)
    parser.set_defaults(run=run)
    return parser


def _add_rooms(parser: ArgumentParser, text: str) -> None:
    parser.add_argument("--room", action="append", dest="rooms", metavar="NAME", help=f"{text} May be repeated.")


def _add_daemon_commands(commands: Any, broker: ArgumentParser) -> None:
    run = _add(commands, "run", _run, "Run the daemon: publish the events of LIVE rooms on MQTT.", broker)
    _add_rooms(run, "Connect to this room.")
    levels = ["debug", "info", "warning", "error"]
    run.add_argument("--log-level", dest="log.level", choices=levels, help="Log messages of this level and above.")
    run.add_argument("--log-format", dest="log.format", choices=["text", "json"], help="Log as text or as JSON lines.")

    check = _add(commands, "check", _check, "Test settings, broker and rooms, and report what is wrong.", broker)
    _add_rooms(check, "Test this room instead of those in the settings.")

    _add(commands, "health", _health, "Ask the running daemon if it is healthy; exit with status 0 if it is.", broker)

    purge = _add(commands, "purge", _purge, "Clear all retained messages of the daemon from the broker.", broker)
    text = "Use this base topic instead of the one in the settings."
    purge.add_argument("--base-topic", dest="mqtt.base_topic", metavar="TOPIC", help=text)
    text = "Use this discovery prefix instead of the one in the settings."
    purge.add_argument("--prefix", dest="homeassistant.prefix", metavar="TOPIC", help=text)
    purge.add_argument("--dry-run", action="store_true", help="Only list what would be cleared.")
    purge.add_argument("--force", action="store_true", help="Clear even if the daemon seems to be running.")


def _add_room_commands(commands: Any, broker: ArgumentParser, room: ArgumentParser) -> None:
    _add(commands, "watch", _watch, "Show the events of a LIVE room in the terminal. Needs no broker.", room)

    record = _add(commands, "record", _record, "Record what a LIVE room sends to a file, for `replay`.", room)
    record.add_argument("file", type=Path, metavar="FILE", help="A new file. It will contain what viewers write.")

    replay = _add(commands, "replay", _replay, "Publish the events of a recording on MQTT.", broker)
    replay.add_argument("file", type=Path, metavar="FILE", help="A file made by `record`.")
    replay.add_argument("--room", type=_room, metavar="NAME", help="Publish as this room.")
    replay.add_argument("--speed", type=_positive, default=1.0, metavar="N", help="Speed of the replay (default: 1).")
    replay.add_argument("--show", action="store_true", help="Show the events in the terminal instead.")


def _add_simulator_commands(commands: Any, duration: ArgumentParser) -> None:
    text = "Run a broker, simulated LIVE rooms, the daemon and a live view, all in one."
    demo = _add(commands, "demo", _demo, text, duration)
    demo.add_argument(
        "--port", type=int, default=1883, help="Port of the broker, or the next free one (default: 1883)."
    )
    demo.add_argument(
        "--rate", type=_positive, default=2.0, metavar="N", help="Events per second and room (default: 2)."
    )

    text = "Run a server that speaks TikTok's protocol, with simulated LIVE rooms."
    simulate = _add(commands, "simulate", _simulate, text)
    _add_rooms(simulate, "Simulate this room (default: alice).")
    simulate.add_argument("--port", type=int, default=8500, help="Port to listen on; 0 for a free one (default: 8500).")
    text = "Play party, gifts, quiet, offline, ended, or a TOML or JSON file (default: party)."
    simulate.add_argument("--scenario", default="party", metavar="NAME|FILE", help=text)
    simulate.add_argument("--rate", type=_positive, default=2.0, metavar="N", help="Events per second (default: 2).")
    simulate.add_argument("--seed", type=int, metavar="N", help="Seed of the random events.")
    simulate.add_argument(
        "--flood", type=int, metavar="COUNT", help="Instead, send this many chats to the first client."
    )
    simulate.add_argument(
        "--flood-rate", type=_positive, metavar="N", help="Chats per second of --flood (default: no limit)."
    )
    text = "Answer with captcha, rate_limited, hang, age_restricted or another fault. May be repeated."
    simulate.add_argument("--fault", action="append", dest="faults", default=[], metavar="NAME[:ROOM]", help=text)


def _load_settings(arguments: Namespace) -> Settings:
    """Load the settings; arguments whose `dest` is the name of a setting override it."""
    overrides = {name: value for name, value in vars(arguments).items() if name in ROWS and value}
    return load_settings(arguments.config, overrides=overrides)


# Each command is imported when it runs, so that --help and wrong settings are answered immediately.


def _run(arguments: Namespace) -> int:
    settings = _load_settings(arguments)
    from tiktok2mqtt.cli.run import run  # noqa: PLC0415

    return run(settings, lambda: _load_settings(arguments))


def _demo(arguments: Namespace) -> int:
    from tiktok2mqtt.cli.demo import demo  # noqa: PLC0415

    return demo(port=arguments.port, rate=arguments.rate, duration_s=arguments.duration)


def _simulate(arguments: Namespace) -> int:
    from tiktok2mqtt.cli.demo import simulate  # noqa: PLC0415

    return simulate(arguments)


def _check(arguments: Namespace) -> int:
    settings = _load_settings(arguments)
    from tiktok2mqtt.cli.check import check  # noqa: PLC0415

    return check(settings)


def _watch(arguments: Namespace) -> int:
    settings = _load_settings(arguments)
    from tiktok2mqtt.cli.watch import watch  # noqa: PLC0415

    return watch(settings, arguments.room, arguments.duration)


def _record(arguments: Namespace) -> int:
    settings = _load_settings(arguments)
    from tiktok2mqtt.cli.recordings import record  # noqa: PLC0415

    return record(settings, arguments.room, arguments.file, arguments.duration)


def _replay(arguments: Namespace) -> int:
    settings = _load_settings(arguments)
    from tiktok2mqtt.cli.recordings import replay  # noqa: PLC0415

    return replay(settings, arguments.file, room=arguments.room, speed=arguments.speed, only_show=arguments.show)


def _health(arguments: Namespace) -> int:
    settings = _load_settings(arguments)
    from tiktok2mqtt.cli.check import health  # noqa: PLC0415

    return health(settings)


def _purge(arguments: Namespace) -> int:
    settings = _load_settings(arguments)
    from tiktok2mqtt.cli.purge import purge  # noqa: PLC0415

    return purge(settings, dry_run=arguments.dry_run, force=arguments.force)


def _schema(arguments: Namespace) -> int:
    from tiktok2mqtt.cli.schema import schema  # noqa: PLC0415

    return schema(arguments.event, only_names=arguments.list)


def _room(text: str) -> str:
    try:
        return clean_room_name(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error


def _positive(text: str) -> float:
    value = float(text)
    if not value > 0:
        raise ArgumentTypeError(f"must be greater than 0, not {text}")
    return value
