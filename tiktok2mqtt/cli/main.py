"""The command `tiktok2mqtt`. Parses arguments and calls the rest.

Exit status: 0 done, 1 failed, 2 wrong settings or arguments, 3 the broker refuses our login, 130 interrupted.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tiktok2mqtt import __version__
from tiktok2mqtt.cli.terminal import INTERRUPTED, WRONG_USAGE
from tiktok2mqtt.common.names import clean_room_name
from tiktok2mqtt.settings import Settings, SettingsError, load_settings


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status."""
    arguments = _parser().parse_args(argv)
    command: Callable[[argparse.Namespace], int] = arguments.command
    try:
        return command(arguments)
    except SettingsError as error:
        for problem in error.problems:
            print(f"tiktok2mqtt: {problem}", file=sys.stderr)
        return WRONG_USAGE
    except KeyboardInterrupt:
        # The commands that run until Ctrl-C never come here.
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tiktok2mqtt", description="TikTok LIVE events on MQTT.")
    parser.add_argument("--version", action="version", version=f"tiktok2mqtt {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_run(commands)
    _add_demo(commands)
    _add_simulate(commands)
    _add_check(commands)
    _add_watch(commands)
    _add_record(commands)
    _add_replay(commands)
    _add_health(commands)
    _add_purge(commands)
    _add_schema(commands)
    return parser


def _add_run(commands: Any) -> None:
    run = commands.add_parser("run", help="the daemon: publish the events of LIVE rooms on MQTT")
    run.set_defaults(command=_run)
    _add_settings_arguments(run)
    run.add_argument("--room", action="append", dest="rooms", metavar="NAME", help="a room to follow; may be repeated")
    run.add_argument("--log-level", choices=["debug", "info", "warning", "error"])
    run.add_argument("--log-format", choices=["text", "json"])


def _add_settings_arguments(parser: argparse.ArgumentParser) -> None:
    _add_config_argument(parser)
    parser.add_argument("--mqtt-host", metavar="HOST", help="the broker; default localhost")
    parser.add_argument("--mqtt-port", metavar="PORT", help="default 1883")


def _add_config_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, metavar="FILE", help="a TOML file with settings")


def _settings(arguments: argparse.Namespace) -> Settings:
    overrides = {
        "mqtt.host": getattr(arguments, "mqtt_host", None),
        "mqtt.port": getattr(arguments, "mqtt_port", None),
        "rooms": getattr(arguments, "rooms", None),
        "log.level": getattr(arguments, "log_level", None),
        "log.format": getattr(arguments, "log_format", None),
        "mqtt.base_topic": getattr(arguments, "base_topic", None),
        "homeassistant.prefix": getattr(arguments, "prefix", None),
    }
    return load_settings(arguments.config, overrides={key: value for key, value in overrides.items() if value})


def _run(arguments: argparse.Namespace) -> int:
    settings = _settings(arguments)
    # Imported here, so that --help and wrong settings answer at once.
    from tiktok2mqtt.cli.run import run  # noqa: PLC0415

    return run(settings, lambda: _settings(arguments))


def _add_demo(commands: Any) -> None:
    demo = commands.add_parser("demo", help="broker, simulated LIVE rooms, daemon and a live view, all in one")
    demo.set_defaults(command=_demo)
    demo.add_argument("--duration", type=_positive, metavar="SECONDS", help="end by itself; default: at Ctrl-C")
    demo.add_argument("--port", type=int, default=1883, help="of the broker; a taken one is passed over; default 1883")
    demo.add_argument("--rate", type=_positive, default=2.0, metavar="N", help="events a second per room; default 2")


def _demo(arguments: argparse.Namespace) -> int:
    from tiktok2mqtt.cli.demo import demo  # noqa: PLC0415

    return demo(port=arguments.port, rate=arguments.rate, duration_s=arguments.duration)


def _add_simulate(commands: Any) -> None:
    simulate = commands.add_parser("simulate", help="a server that speaks TikTok's protocol, with made-up LIVE rooms")
    simulate.set_defaults(command=_simulate)
    simulate.add_argument("--port", type=int, default=8500, help="default 8500; 0 takes a free one")
    simulate.add_argument("--room", action="append", dest="rooms", metavar="NAME", help="may be repeated")
    simulate.add_argument(
        "--scenario",
        default="party",
        metavar="NAME|FILE",
        help="party, gifts, quiet, offline, ended, or a TOML or JSON file; default party",
    )
    simulate.add_argument("--rate", type=_positive, default=2.0, metavar="N", help="events a second; default 2")
    simulate.add_argument("--seed", type=int, metavar="N", help="the same number gives the same events")
    simulate.add_argument("--flood", type=int, metavar="COUNT", help="instead: so many chats to the first client")
    simulate.add_argument("--flood-rate", type=_positive, metavar="N", help="of these a second; default: all it takes")
    simulate.add_argument(
        "--fault",
        action="append",
        dest="faults",
        default=[],
        metavar="NAME[:ROOM]",
        help="what rooms get instead of an answer, as captcha, rate_limited, hang, age_restricted; may be repeated",
    )


def _simulate(arguments: argparse.Namespace) -> int:
    from tiktok2mqtt.cli.simulate import simulate  # noqa: PLC0415

    return simulate(arguments)


def _add_health(commands: Any) -> None:
    check = commands.add_parser("health", help="exit status 0 when the running daemon says that it is well")
    check.set_defaults(command=_health)
    _add_settings_arguments(check)


def _health(arguments: argparse.Namespace) -> int:
    settings = _settings(arguments)
    from tiktok2mqtt.cli.check import health  # noqa: PLC0415

    return health(settings)


def _add_check(commands: Any) -> None:
    check = commands.add_parser("check", help="try settings, broker and rooms step by step, and say what is wrong")
    check.set_defaults(command=_check)
    _add_settings_arguments(check)
    check.add_argument(
        "--room",
        action="append",
        dest="rooms",
        metavar="NAME",
        help="instead of those of the settings; may be repeated",
    )


def _check(arguments: argparse.Namespace) -> int:
    settings = _settings(arguments)
    from tiktok2mqtt.cli.check import check  # noqa: PLC0415

    return check(settings)


def _add_watch(commands: Any) -> None:
    watch = commands.add_parser("watch", help="show the events of a LIVE room here; needs no broker")
    watch.set_defaults(command=_watch)
    _add_config_argument(watch)
    watch.add_argument("room", type=_room, metavar="USER", help="user name, @name or TikTok URL")
    watch.add_argument("--duration", type=_positive, metavar="SECONDS", help="end by itself; default: at Ctrl-C")


def _watch(arguments: argparse.Namespace) -> int:
    settings = _settings(arguments)
    from tiktok2mqtt.cli.watch import watch  # noqa: PLC0415

    return watch(settings, arguments.room, arguments.duration)


def _add_record(commands: Any) -> None:
    record = commands.add_parser("record", help="write what a LIVE room sends into a file, for `replay`")
    record.set_defaults(command=_record)
    _add_config_argument(record)
    record.add_argument("room", type=_room, metavar="USER", help="user name, @name or TikTok URL")
    record.add_argument("file", type=Path, metavar="FILE", help="must not exist; it holds what viewers wrote")
    record.add_argument("--duration", type=_positive, metavar="SECONDS", help="end by itself; default: at Ctrl-C")


def _record(arguments: argparse.Namespace) -> int:
    settings = _settings(arguments)
    from tiktok2mqtt.cli.recordings import record  # noqa: PLC0415

    return record(settings, arguments.room, arguments.file, arguments.duration)


def _add_replay(commands: Any) -> None:
    replay = commands.add_parser("replay", help="publish the events of a recording on MQTT, as they came")
    replay.set_defaults(command=_replay)
    _add_settings_arguments(replay)
    replay.add_argument("file", type=Path, metavar="FILE", help="made by `record`")
    replay.add_argument("--room", type=_room, metavar="NAME", dest="as_room", help="instead of the recorded one")
    replay.add_argument("--speed", type=_positive, default=1.0, metavar="N", help="so many times as fast; default 1")
    replay.add_argument("--show", action="store_true", help="show the events here instead; needs no broker")


def _replay(arguments: argparse.Namespace) -> int:
    settings = _settings(arguments)
    from tiktok2mqtt.cli.recordings import replay  # noqa: PLC0415

    room, speed = arguments.as_room, arguments.speed
    return replay(settings, arguments.file, room=room, speed=speed, only_show=arguments.show)


def _room(text: str) -> str:
    try:
        return clean_room_name(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _add_purge(commands: Any) -> None:
    purge = commands.add_parser("purge", help="make the broker forget every retained message of the daemon")
    purge.set_defaults(command=_purge)
    _add_settings_arguments(purge)
    purge.add_argument("--base-topic", metavar="TOPIC", help="another than in the settings: that of before a change")
    purge.add_argument("--prefix", metavar="TOPIC", help="another discovery prefix than in the settings")
    purge.add_argument("--dry-run", action="store_true", help="only list what would be cleared")
    purge.add_argument("--force", action="store_true", help="even if the daemon seems to be running")


def _purge(arguments: argparse.Namespace) -> int:
    settings = _settings(arguments)
    from tiktok2mqtt.cli.purge import purge  # noqa: PLC0415

    return purge(settings, dry_run=arguments.dry_run, force=arguments.force)


def _add_schema(commands: Any) -> None:
    schema = commands.add_parser("schema", help="the JSON Schema of an event, or of all")
    schema.set_defaults(command=_schema)
    schema.add_argument("event", nargs="?", metavar="EVENT", help="as in question_new; default: all, by name")
    schema.add_argument("--list", action="store_true", dest="only_names", help="print the names of all events instead")


def _schema(arguments: argparse.Namespace) -> int:
    from tiktok2mqtt.cli.schema import schema  # noqa: PLC0415

    return schema(arguments.event, only_names=arguments.only_names)


def _positive(text: str) -> float:
    value = float(text)
    if not value > 0:
        raise argparse.ArgumentTypeError(f"must be above 0, not {text}")
    return value
