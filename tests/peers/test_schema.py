"""Each field that we name is read as the newest schema of TikTokLive writes it, and written as it reads it."""

from collections.abc import Iterator

import pytest
from google.protobuf.message_factory import GetMessageClass

from tests.peers import schema as this
from tests.peers.schema import CAPTURED_TYPES, NAMES, ONLY_OURS, REPORTED_TYPES, Pair, Schema


@pytest.fixture(scope="module")
def schema() -> Iterator[Schema]:
    if not (this.ENVIRONMENT / ".installed").exists():
        pytest.skip("tiktokliveproto is not installed: run `make peers`")
    started = Schema()
    yield started
    started.close()


def test_types_that_only_we_have_are_reviewed(schema: Schema) -> None:
    assert set(this.messages()) - set(schema.types) == CAPTURED_TYPES | REPORTED_TYPES


def test_fields_that_only_we_have_are_reviewed(schema: Schema) -> None:
    assert {name for name in this.pairs(schema) if isinstance(name, str)} == set(ONLY_OURS)


def test_types_of_fields_agree(schema: Schema) -> None:
    assert [pair for pair in this.pairs(schema) if isinstance(pair, Pair) and not pair.agrees] == []


def test_names_without_a_common_word_are_reviewed(schema: Schema) -> None:
    for pair in this.pairs(schema):
        if isinstance(pair, Pair):
            reviewed, _reason = NAMES.get(pair.name, (None, ""))
            assert reviewed == (None if pair.has_similar_names else pair.theirs[0]), pair.name


def test_we_read_what_they_write_and_they_read_what_we_write(schema: Schema) -> None:
    number = 0
    for descriptor, theirs in this.common_types(schema):
        kind, values = GetMessageClass(descriptor), this.full(descriptor, theirs, schema)
        assert this.values_of(kind.FromString(schema.encode(theirs, values))) == values, theirs
        assert schema.decode(theirs, this.build(kind(), values).SerializeToString()) == values, theirs
        number += 1
    assert number > 150
