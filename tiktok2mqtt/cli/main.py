"""The command `tiktok2mqtt`. Parses arguments and calls the rest.

Exit status: 0 done, 1 failed, 2 wrong settings or arguments, 3 the broker refuses our login.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tiktok2mqtt import __version__
from tiktok2mqtt.cli.status import WRONG_USAGE
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tiktok2mqtt", description="TikTok LIVE events on MQTT.")
    parser.add_argument("--version", action="version", version=f"tiktok2mqtt {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_run(commands)
    _add_demo(commands)
    _add_simulate(commands)
    _add_health(commands)
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
    parser.add_argument("--config", type=Path, metavar="FILE", help="a TOML file with settings")
    parser.add_argument("--mqtt-host", metavar="HOST", help="the broker; default localhost")
    parser.add_argument("--mqtt-port", metavar="PORT", help="default 1883")


def _settings(arguments: argparse.Namespace) -> Settings:
    overrides = {
        "mqtt.host": arguments.mqtt_host,
        "mqtt.port": arguments.mqtt_port,
        "rooms": getattr(arguments, "rooms", None),
        "log.level": getattr(arguments, "log_level", None),
        "log.format": getattr(arguments, "log_format", None),
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


def _simulate(arguments: argparse.Namespace) -> int:
    from tiktok2mqtt.cli.simulate import simulate  # noqa: PLC0415

    return simulate(arguments)


def _add_health(commands: Any) -> None:
    check = commands.add_parser("health", help="exit status 0 when the running daemon says that it is well")
    check.set_defaults(command=_health)
    _add_settings_arguments(check)


def _health(arguments: argparse.Namespace) -> int:
    settings = _settings(arguments)
    from tiktok2mqtt.cli.health import health  # noqa: PLC0415

    return health(settings)


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
