import re
import shlex
from argparse import ArgumentParser, _SubParsersAction

import pytest

from tiktok2mqtt.cli.examples import EXAMPLES
from tiktok2mqtt.cli.main import build_parser


def commands() -> dict[str, ArgumentParser]:
    (action,) = (action for action in build_parser()._actions if isinstance(action, _SubParsersAction))
    return dict(action.choices)


def test_every_command_has_an_example() -> None:
    assert sorted(EXAMPLES) == sorted(commands())


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_the_help_says_what_a_command_does_and_its_example_is_understood(name: str) -> None:
    text = " ".join(commands()[name].format_help().split())
    assert f"Example: {EXAMPLES[name]}" in text
    assert re.search(r"[A-Z][^.]{20,}\.", commands()[name].description or "")
    call = shlex.split(re.sub(r'^eval "\$\((.*)\)"$', r"\1", EXAMPLES[name]))
    assert call[:2] == ["tiktok2mqtt", name]
    build_parser().parse_args(call[1:])
