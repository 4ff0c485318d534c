import textwrap

from tiktok2mqtt.webcast import testing


def test_the_example_of_the_docstring_runs() -> None:
    example = (testing.__doc__ or "").partition("::\n")[2].partition("\n`method`")[0]
    assert example.count("assert") == 3
    exec(compile(textwrap.dedent(example), testing.__name__, "exec"), {})


def test_it_offers_exactly_what_is_documented() -> None:
    names = {"REGISTRY", "Drops", "FetchMessage", "FetchResponse", "LiveSession", "event_schema"}
    assert set(testing.__all__) == names
    assert {name for name in vars(testing) if not name.startswith("_")} == names
