"""Runs one target under atheris: `python -m fuzz.run TARGET [libFuzzer arguments]`."""

import sys

import atheris

with atheris.instrument_imports(include=["tiktok2mqtt"]):
    from fuzz.targets import TARGETS

if __name__ == "__main__":
    name = sys.argv.pop(1)
    atheris.Setup(sys.argv, TARGETS[name])
    atheris.Fuzz()
