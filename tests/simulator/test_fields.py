from tiktok2mqtt.simulator import fields


def test_field_numbers_are_unique_in_each_table() -> None:
    tables = {name: table for name, table in vars(fields).items() if isinstance(table, dict) and name.isupper()}
    assert len(tables) > 20
    for name, table in tables.items():
        assert len(set(table.values())) == len(table), name
