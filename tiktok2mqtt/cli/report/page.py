"""The report as one HTML page: it loads nothing, and runs no script. All texts in it are escaped."""

import io
from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from tiktok2mqtt.cli.progress import counted
from tiktok2mqtt.cli.report.live import Curve, Live

_SHOWN: Final = 10
_MINUTE_S: Final = 60
_COLOURS: Final = {"viewers": "#2a9d5c", "likes": "#d6336c", "diamonds": "#1c7ed6"}
_HEAD: Final = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
"""
_STYLE: Final = """\
body { font: 16px/1.5 system-ui, sans-serif; color: #222; background: #fff }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { margin: 0 } h2 { font-size: 1.1rem; margin: 0 0 .5rem }
.when { color: #666; margin: 0 0 1.5rem }
.cards, .tables { display: grid; gap: 1rem; margin: 1.5rem 0 }
.cards { grid-template-columns: repeat(auto-fit, minmax(6.5rem, 1fr)) }
.tables { grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: 2rem }
.cards div { background: #f4f5f7; border-radius: .5rem; padding: .6rem .8rem }
.cards b { display: block; font-size: 1.3rem; line-height: 1.3 }
svg { width: 100%; height: auto }
table { border-collapse: collapse; width: 100% }
td { border-top: 1px solid #e5e7eb; padding: .3rem 0; overflow-wrap: anywhere }
td.number { text-align: right; white-space: nowrap; padding-left: 1rem; font-variant-numeric: tabular-nums }
"""


def page(live: Live) -> str:
    """Return the report of a LIVE as HTML."""
    title = f"@{live.room}" + (f": {live.title}" if live.title else "")
    return (
        f"{_HEAD}<title>{escape(title)}</title>\n<style>\n{_STYLE}</style>\n"
        f'<h1>{escape(title)}</h1>\n<p class="when">{escape(_when(live))}</p>\n'
        f"{_cards(live)}\n{_chart(live)}\n{_tables(live)}\n</html>\n"
    )


def _when(live: Live) -> str:
    if live.start is None or live.end is None:
        return "The recording has no events."
    minutes = round((live.end - live.start).total_seconds() / 60)
    missed = sum((end - start).total_seconds() for start, end in live.gaps)
    gaps = f", {_duration(missed)} of it without a connection" if live.gaps else ""
    return f"{live.start:%d %B %Y, %H:%M} to {live.end:%H:%M} UTC, {minutes:,} min{gaps}"


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < _MINUTE_S else f"{seconds / _MINUTE_S:.0f} min"


def _cards(live: Live) -> str:
    values = {
        "most viewers": live.peak_viewers,
        "likes": live.last(live.likes),
        "diamonds": live.last(live.diamonds),
        **{key.replace("_", " "): live.counts[key] for key in ("gifts", "comments", "shares", "new_followers")},
    }
    if unpriced := live.counts["unpriced_gifts"]:
        values["gifts without a known price"] = unpriced
    cards = "".join(f"<div><b>{value:,}</b>{name}</div>" for name, value in values.items())
    return f'<div class="cards">{cards}</div>'


def _chart(live: Live) -> str:
    """Return viewers, likes and diamonds over time as an SVG; gaps are grey."""
    curves: dict[str, Curve] = {"viewers": live.viewers, "likes": live.likes, "diamonds": live.diamonds}
    shown = {name: curve for name, curve in curves.items() if curve}
    if not shown or live.start is None or live.end is None:
        return ""
    # Text stays text, and the same LIVE gives the same page.
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "tiktok2mqtt", "font.size": 11}):
        figure = Figure(figsize=(10, 2.1 * len(shown)), layout="constrained")
        axes = figure.subplots(len(shown), sharex=True, squeeze=False)[:, 0]
        for axis, (name, curve) in zip(axes, shown.items(), strict=True):
            times, values = zip(*curve, strict=True)
            axis.plot(times, values, color=_COLOURS[name], linewidth=2, drawstyle="steps-post")
            axis.fill_between(times, values, color=_COLOURS[name], alpha=0.12, step="post")
            for start, end in live.gaps:
                axis.axvspan(start, end, color="#adb5bd", alpha=0.5, linewidth=0)
            axis.set_title(name, loc="left", fontsize=11)
            axis.set_ylim(bottom=0)
            axis.yaxis.set_major_locator(MaxNLocator(4, integer=True))
            axis.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
            axis.grid(axis="y", color="#e5e7eb")
            axis.spines[["top", "right", "left"]].set_visible(False)
            axis.tick_params(length=0)
        locator = AutoDateLocator(maxticks=8)
        axes[-1].xaxis.set_major_locator(locator)
        axes[-1].xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))
        drawn = io.StringIO()
        FigureCanvasSVG(figure).print_svg(drawn, metadata={"Date": None, "Creator": None})
    return drawn.getvalue()[drawn.getvalue().index("<svg") :]


def _tables(live: Live) -> str:
    kinds = [
        (f"{count:,} x {name}", counted(live.diamonds_by_gift[name], "diamond"))
        for name, count in sorted(live.gifts.items(), key=lambda item: -live.diamonds_by_gift[item[0]])
    ]
    tables = [
        ("Gave most", _rows(live.givers.first(_SHOWN), "diamond")),
        ("Wrote most", _rows(live.writers.first(_SHOWN), "comment")),
        ("Gifts", kinds[: 2 * _SHOWN]),
        ("New followers", [(name, "") for name in live.followers]),
    ]
    return f'<div class="tables">{"".join(_table(title, rows) for title, rows in tables if rows)}</div>'


def _rows(people: Iterable[tuple[str, int]], unit: str) -> list[tuple[str, str]]:
    return [(name, counted(amount, unit)) for name, amount in people]


def _table(title: str, rows: Sequence[tuple[str, str]]) -> str:
    cells = "".join(f'<tr><td>{escape(left)}<td class="number">{escape(right)}' for left, right in rows)
    return f"<section><h2>{title}</h2><table>{cells}</table></section>"
