"""`tiktok2mqtt simulate`: a server that speaks TikTok's protocol, with simulated rooms."""

import argparse
import sys
import threading

from tiktok2mqtt.cli.signals import on_stop_signal
from tiktok2mqtt.cli.terminal import DONE, FAILED, WRONG_USAGE, missing_extra


def simulate(arguments: argparse.Namespace) -> int:
    """Serve the rooms until SIGTERM or SIGINT; return the exit status."""
    try:
        from tiktok2mqtt.simulator.scenario_file import ScenarioError  # noqa: PLC0415
        from tiktok2mqtt.simulator.serve import serve  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if error.name != "aiohttp":
            raise
        return missing_extra("aiohttp", "demo")
    stop = threading.Event()
    on_stop_signal(stop.set)
    try:
        serve(
            arguments.port,
            arguments.rooms or ["alice"],
            arguments.scenario,
            arguments.rate,
            seed=arguments.seed,
            flood=arguments.flood,
            flood_rate=arguments.flood_rate,
            faults=arguments.faults,
            stop=stop,
        )
    except (ScenarioError, ValueError) as error:
        print(f"tiktok2mqtt simulate: {error}", file=sys.stderr)
        return WRONG_USAGE
    except OSError as error:
        print(f"tiktok2mqtt simulate: cannot listen on port {arguments.port}: {error.strerror}", file=sys.stderr)
        return FAILED
    return DONE
