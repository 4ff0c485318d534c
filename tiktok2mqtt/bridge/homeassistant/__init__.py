"""Home Assistant discovery as data: `entities` lists what there is, `discovery` makes the messages."""
