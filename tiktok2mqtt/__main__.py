"""The command `tiktok2mqtt`, and `python -m tiktok2mqtt`."""

import sys

from tiktok2mqtt.cli.signals import hold_signals

INTERRUPTED = 130


def main() -> int:
    """Run one command and return the exit status; see tiktok2mqtt.cli.main."""
    try:
        if sys.argv[1:2] == ["run"]:
            hold_signals()
        # It takes half a second, in which the daemon may get signals already.
        from tiktok2mqtt.cli.main import main as run_command  # noqa: PLC0415

        return run_command()
    except KeyboardInterrupt:
        # Commands that run until Ctrl-C handle it themselves.
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
