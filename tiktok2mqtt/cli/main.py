"""The command `tiktok2mqtt`: parses the arguments and runs one of its commands.

Exit status: 0 done, 1 failed, 2 wrong settings or arguments, 3 the broker refuses the login, or another daemon uses the
same topics or another client the same client id, 130 interrupted.
"""

import os
import sys
from argparse import SUPPRESS, ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tiktok2mqtt import __version__
from tiktok2mqtt.cli import argument_types
from tiktok2mqtt.cli.examples import EXAMPLES
from tiktok2mqtt.cli.terminal import DONE, WRONG_USAGE, discard_output
from tiktok2mqtt.common.text import did_you_mean
from tiktok2mqtt.settings import Settings, SettingsError, load_settings
from tiktok2mqtt.settings.model import ROWS

if TYPE_CHECKING:
    from tiktok2mqtt.cli.view import ViewOptions

_Run = Callable[[Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status."""
    try:
        try:
            return _run_command(argv)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        discard_output()
        return DONE


def _run_command(argv: Sequence[str] | None) -> int:
    arguments = _parse(argv)
    run: _Run = arguments.run
    try:
        return run(arguments)
    except SettingsError as error:
        for problem in error.problems:
            print(f"tiktok2mqtt: {problem}", file=sys.stderr)
        return WRONG_USAGE


def _parse(argv: Sequence[str] | None) -> Namespace:
    """Parse the arguments; exit with status 2 and one line for an unknown option, with a suggestion."""
    parser = build_parser()
    if "_ARGCOMPLETE" in os.environ:
        # The shell asks for completions; this prints them and exits.
        from argcomplete import autocomplete  # noqa: PLC0415

        autocomplete(parser)
    arguments, unknown = parser.parse_known_args(argv)
    if unknown:
        command: ArgumentParser = arguments.parser
        options = [option for action in command._actions for option in action.option_strings]  # noqa: SLF001 - no other way
        hint = did_you_mean(unknown[0].partition("=")[0], options, "--") if unknown[0].startswith("-") else ""
        command.error(f"unrecognized arguments: {' '.join(unknown)}" + (f" ({hint})" if hint else ""))
    return arguments


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
    duration.add_argument("--duration", type=argument_types.positive, metavar="SECONDS", help="Stop after this time.")
    room = ArgumentParser(add_help=False, parents=[config, duration])
    room.add_argument("user", type=argument_types.user, metavar="USER", help="User name, @name or TikTok URL.")
    _add_daemon_commands(commands, broker)
    _add_room_commands(commands, config, broker, room)
    _add_simulator_commands(commands, duration)
    schema = _add(commands, "schema", _schema, "Print the JSON Schema of an event, or of all events.")
    schema.add_argument("event", nargs="?", metavar="EVENT", help="Name of the event, for example question_new.")
    schema.add_argument("--list", action="store_true", help="Only list the names of all events.")
    _add_installation_commands(commands)
    return parser


def _add(commands: Any, name: str, run: _Run, text: str, *parents: ArgumentParser) -> ArgumentParser:
    """Add a command, with the arguments of `parents`, and return its parser."""
    example = f"Example: {EXAMPLES[name]}"
    parser: ArgumentParser = commands.add_parser(name, help=text, description=text, epilog=example, parents=parents)
    parser.set_defaults(run=run, parser=parser)
    return parser


def _add_rooms(parser: ArgumentParser, text: str) -> None:
    parser.add_argument("--room", action="append", dest="rooms", metavar="NAME", help=f"{text} May be repeated.")


def _add_view(parser: ArgumentParser) -> None:
    parser.add_argument("--plain", action="store_true", help="Print a line for each message instead of a full screen.")
    text = "Show only these events, for example gift,chat."
    parser.add_argument("--only", type=argument_types.event_names, default=frozenset(), metavar="EVENTS", help=text)


def _add_daemon_commands(commands: Any, broker: ArgumentParser) -> None:
    run = _add(commands, "run", _run, "Run the daemon: publish the events of LIVE rooms on MQTT.", broker)
    run.add_argument(
        "rooms",
        type=argument_types.user,
        nargs="*",
        action="extend",
        default=SUPPRESS,
        metavar="USER",
        help="Connect to these rooms.",
    )
    _add_rooms(run, "The same as USER.")
    levels = ["debug", "info", "warning", "error"]
    run.add_argument("--log-level", dest="log.level", choices=levels, help="Log messages of this level and above.")
    run.add_argument("--log-format", dest="log.format", choices=["text", "json"], help="Log as text or as JSON lines.")

    check = _add(commands, "check", _check, "Test settings, broker and rooms, and report what is wrong.", broker)
    _add_rooms(check, "Test this room instead of those in the settings.")

    _add(
        commands, "health", _health, "Ask a running daemon whether it is healthy; exit with status 0 if it is.", broker
    )

    text = "Serve a page, overlays for OBS, a feed and metrics, from what is on the broker. Not the daemon."
    web = _add(commands, "web", _web, text, broker)
    web.add_argument("--listen", dest="web.listen", metavar="ADDRESS", help="Address (default: 127.0.0.1).")
    web.add_argument("--port", dest="web.port", metavar="PORT", help="Port (default: 8094).")

    purge = _add(commands, "purge", _purge, "Clear all retained messages of the daemon from the broker.", broker)
    text = "Use this base topic instead of the one in the settings."
    purge.add_argument("--base-topic", dest="mqtt.base_topic", metavar="TOPIC", help=text)
    text = "Use this discovery prefix instead of the one in the settings."
    purge.add_argument("--prefix", dest="homeassistant.prefix", metavar="TOPIC", help=text)
    purge.add_argument("--dry-run", action="store_true", help="Only list what would be cleared.")
    purge.add_argument("--force", action="store_true", help="Clear even if the daemon seems to be running.")


def _add_room_commands(commands: Any, config: ArgumentParser, broker: ArgumentParser, room: ArgumentParser) -> None:
    watch = _add(commands, "watch", _watch, "Show the events of a LIVE room in the terminal. Needs no broker.", room)
    _add_view(watch)

    record = _add(commands, "record", _record, "Record the messages of a LIVE room in a file, for `replay`.", room)
    record.add_argument("file", type=Path, metavar="FILE", help="A new file. It will contain what viewers write.")

    replay = _add(commands, "replay", _replay, "Publish the events of a recording on MQTT.", broker)
    replay.add_argument("file", type=Path, metavar="FILE", help="A file made by `record`.")
    replay.add_argument("--room", type=argument_types.user, dest="user", metavar="NAME", help="Publish as this room.")
    replay.add_argument(
        "--speed", type=argument_types.positive, default=1.0, metavar="N", help="Speed of the replay (default: 1)."
    )
    replay.add_argument("--show", action="store_true", help="Show the events in the terminal instead.")

    report = _add(commands, "report", _report, "Write a page about a recorded LIVE.", config)
    report.add_argument("file", type=Path, metavar="FILE", help="A file made by `record`.")
    text = "The page to write (default: report.html)."
    report.add_argument("-o", "--output", type=Path, default=Path("report.html"), metavar="PAGE", help=text)


def _add_simulator_commands(commands: Any, duration: ArgumentParser) -> None:
    text = "Run a broker, simulated LIVE rooms, the daemon and a live view, all in one."
    demo = _add(commands, "demo", _demo, text, duration)
    demo.add_argument(
        "--port",
        type=argument_types.port,
        default=1883,
        help="Port of the broker, or the next free one (default: 1883).",
    )
    text = "Address to listen on; with 0.0.0.0, everyone in the network can connect (default: 127.0.0.1)."
    demo.add_argument("--listen", type=argument_types.address, default="127.0.0.1", metavar="ADDRESS", help=text)
    demo.add_argument(
        "--rate",
        type=argument_types.positive,
        default=2.0,
        metavar="N",
        help="Events per second and room (default: 2).",
    )
    _add_view(demo)

    text = "Run a server that speaks TikTok's protocol, with simulated LIVE rooms."
    simulate = _add(commands, "simulate", _simulate, text)
    _add_rooms(simulate, "Simulate this room (default: alice).")
    simulate.add_argument(
        "--port", type=argument_types.port, default=8500, help="Port to listen on; 0 for a free one (default: 8500)."
    )
    text = "Play party, busy, gifts, battles, quiet, offline or ended, or a TOML or JSON file (default: party)."
    simulate.add_argument("--scenario", default="party", metavar="NAME|FILE", help=text)
    simulate.add_argument(
        "--rate", type=argument_types.positive, default=2.0, metavar="N", help="Events per second (default: 2)."
    )
    simulate.add_argument("--seed", type=int, metavar="N", help="Seed of the random events.")
    simulate.add_argument(
        "--flood", type=int, metavar="COUNT", help="Instead, send this many chats to the first client."
    )
    simulate.add_argument(
        "--flood-rate",
        type=argument_types.positive,
        metavar="N",
        help="Chats per second of --flood (default: no limit).",
    )
    text = "Answer with captcha, rate_limited, hang, age_restricted or another fault. May be repeated."
    simulate.add_argument("--fault", action="append", dest="faults", default=[], metavar="NAME[:ROOM]", help=text)


def _add_installation_commands(commands: Any) -> None:
    text = "List or copy the files of the package: systemd unit, .env.example, blueprints, flows."
    files = _add(commands, "files", _files, text)
    files.add_argument("names", nargs="*", metavar="NAME", help="Only these files and folders.")
    files.add_argument("--copy", type=Path, metavar="FOLDER", help="Copy them to this folder instead of listing them.")
    completion = _add(commands, "completion", _completion, "Print the script that completes commands in a shell.")
    completion.add_argument(
        "shell", choices=["bash", "zsh", "fish"], help='For example: eval "$(tiktok2mqtt completion bash)"'
    )


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

    return demo(host=arguments.listen, port=arguments.port, rate=arguments.rate, view=_view_options(arguments))


def _simulate(arguments: Namespace) -> int:
    from tiktok2mqtt.cli.demo import simulate  # noqa: PLC0415

    return simulate(arguments)


def _check(arguments: Namespace) -> int:
    settings = _load_settings(arguments)
    from tiktok2mqtt.cli.check import check  # noqa: PLC0415

    return check(settings)


def _watch(arguments: Namespace) -> int:
    settings = _load_settings(arguments)
    from tiktok2mqtt.cli.recordings import watch  # noqa: PLC0415

    return watch(settings, arguments.user, _view_options(arguments))


def _view_options(arguments: Namespace) -> "ViewOptions":
    from tiktok2mqtt.cli.view import ViewOptions  # noqa: PLC0415

    return ViewOptions(arguments.duration, full_screen=not arguments.plain, only=arguments.only, summary=True)


def _record(arguments: Namespace) -> int:
    settings = _load_settings(arguments)
    from tiktok2mqtt.cli.recordings import record  # noqa: PLC0415

    return record(settings, arguments.user, arguments.file, arguments.duration)


def _replay(arguments: Namespace) -> int:
    settings = _load_settings(arguments)
    from tiktok2mqtt.cli.recordings import replay  # noqa: PLC0415

    return replay(settings, arguments.file, room=arguments.user, speed=arguments.speed, only_show=arguments.show)


def _report(arguments: Namespace) -> int:
    settings = _load_settings(arguments)
    from tiktok2mqtt.cli.report.command import report  # noqa: PLC0415

    return report(settings, arguments.file, arguments.output)


def _health(arguments: Namespace) -> int:
    settings = _load_settings(arguments)
    from tiktok2mqtt.cli.check import health  # noqa: PLC0415

    return health(settings)


def _web(arguments: Namespace) -> int:
    settings = _load_settings(arguments)
    from tiktok2mqtt.cli.web import web  # noqa: PLC0415

    return web(settings)


def _purge(arguments: Namespace) -> int:
    settings = _load_settings(arguments)
    from tiktok2mqtt.cli.purge import purge  # noqa: PLC0415

    return purge(settings, dry_run=arguments.dry_run, force=arguments.force)


def _files(arguments: Namespace) -> int:
    from tiktok2mqtt.cli.files import files  # noqa: PLC0415

    return files(arguments.names, arguments.copy)


def _completion(arguments: Namespace) -> int:
    from tiktok2mqtt.cli.files import completion  # noqa: PLC0415

    return completion(arguments.shell)


def _schema(arguments: Namespace) -> int:
    from tiktok2mqtt.cli.schema import schema  # noqa: PLC0415

    return schema(arguments.event, only_names=arguments.list)
