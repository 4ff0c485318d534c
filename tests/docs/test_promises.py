"""docs/promises.md: each promise is in its document, each test that proves one exists, and no promise is missing."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = (
    "README.md",
    "docs/getting-started.md",
    "docs/topics.md",
    "docs/when-tiktok-refuses.md",
    "docs/home-assistant.md",
    "docs/development.md",
    "SECURITY.md",
    "PRIVACY.md",
)
# Sentences that describe, advise, or say what is not promised, by their beginnings.
NO_PROMISE = {
    "SECURITY.md": (
        "This page says",
        "Anyone who may publish on the broker",
        "Anyone who may publish on `tiktok/bridge",
        "Restrict who that is",
        "What comes from TikTok is hostile input",
        "A server that stops in the middle",
        "One that sends its headers byte by byte",
        "Only TikTok, a sign provider or your proxy",
        "Only DNS look-ups",
        "Please report vulnerabilities",
    ),
    "PRIVACY.md": (
        "This page says",
        "tiktok2mqtt publishes on your broker",
        "This is personal data",
        "Keep it on your own network",
        "What is stored about these gifts",
        "Home Assistant keeps states",
    ),
}


def plain(text: str) -> str:
    """Return a text on one line, without the targets of its links."""
    return " ".join(re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", text).split())


def promises(document: str) -> dict[str, list[str]]:
    """Return the tests of each promise of a document."""
    page = (ROOT / "docs/promises.md").read_text()
    (table,) = re.findall(rf"^## {re.escape(document)}\n(.*?)(?=^## |\Z)", page, re.DOTALL | re.MULTILINE)
    rows = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("| ")]
    assert rows[0] == [" promise ", " test "]
    return {promise.strip(): re.findall(r"`([^`]+)`", tests) for promise, tests in rows[1:]}


@cache
def functions(path: Path) -> frozenset[str]:
    return frozenset(node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_promise_is_in_its_document(document: str) -> None:
    text = plain((ROOT / document).read_text())
    assert [promise for promise in promises(document) if promise not in text] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_test_exists(document: str) -> None:
    for promise, tests in promises(document).items():
        assert tests, promise
        for test in tests:
            file, _, name = test.partition("::")
            assert (ROOT / file).is_file(), test
            assert name.startswith("test_"), test
            assert name in functions(ROOT / file), test


@pytest.mark.parametrize("document", ["SECURITY.md", "PRIVACY.md"])
def test_no_sentence_is_forgotten(document: str) -> None:
    known, text = list(promises(document)), (ROOT / document).read_text()
    paragraphs = [plain(block) for block in re.split(r"\n\s*\n", text) if not block.startswith(("#", "|"))]
    sentences = [one for block in paragraphs for one in re.split(r"(?<=[.;:]) (?=[A-Z`])", block)]
    assert len(sentences) > len(NO_PROMISE[document])
    others = [one for one in sentences if not any(one in promise or promise in one for promise in known)]
    assert [one for one in others if not one.startswith(NO_PROMISE[document])] == []
    assert [start for start in NO_PROMISE[document] if not any(one.startswith(start) for one in sentences)] == []
