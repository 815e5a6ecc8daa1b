"""Series as lines in a box of 1000 x 200 that stretches to any width; scores later as bars in percent."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from feedback.dashboards.charts import percent
from feedback.dashboards.words import one, signed
from feedback.dashboards.words_time import alarm_text, period_name, series_name

Value = dict[str, Any]
WIDTH, HEIGHT = 1000.0, 200.0
HIGHEST, LOWEST_NPS = 100.0, -100.0
LEAST_RANGE, STEP = 20.0, 10.0


@dataclass(frozen=True, slots=True)
class Drawing:
    """One series: lines and bands as lists of points, the box of the change, words for its axes and screen readers."""

    name: str
    text: str
    lines: list[str]
    intervals: list[str]
    smooth: str
    limits: str
    change_x: str
    change_from: str
    change_width: str
    low: str
    high: str
    first: str
    last: str
    latest: Value


def trend_drawing(series: Value) -> Drawing | None:
    """The picture of a series; None where fewer than two periods are shown."""
    shown = [point for point in series["points"] if point["score"] is not None]
    if len(shown) < 2:
        return None
    box = _Box(shown, series["by"], LOWEST_NPS if series["series"] == "nps" else 0.0)
    change = series["change"] if series["change"] and series["change"]["finding"] else None
    watched = [point for point in shown if point["ewma"]]
    return Drawing(
        name=series_name(series),
        text=_text(series, shown),
        lines=[box.line(run, "score") for run in _runs(series["points"])],
        intervals=[box.area(run) for run in _runs(series["points"])],
        smooth=" ".join(box.at(point, point["ewma"]["z"]) for point in watched),
        limits=box.band([(point, point["ewma"]["lo"], point["ewma"]["hi"]) for point in watched]),
        change_x=f"{box.x(change['period']):.1f}" if change else "",
        change_from=f"{box.x(change['from']):.1f}" if change else "",
        change_width=f"{max(box.x(change['to']) - box.x(change['from']), 2.0):.1f}" if change else "",
        low=f"{box.low:g}",
        high=f"{box.high:g}",
        first=period_name(shown[0]["period"], series["by"]),
        last=period_name(shown[-1]["period"], series["by"]),
        latest=shown[-1],
    )


def _runs(points: list[Value]) -> list[list[Value]]:
    """Stretches without a hidden period between; a line does not jump over a hole."""
    grouped = groupby(points, key=lambda point: point["score"] is not None)
    return [list(group) for shown, group in grouped if shown]


class _Box:
    """Where a period and a score stand in the box."""

    def __init__(self, points: list[Value], by: str, lowest: float) -> None:
        self.by = by
        days = [self._day(point["period"]) for point in points]
        self.start, self.span = days[0], max(days[-1] - days[0], 1)
        values = [value for point in points for value in _values(point)]
        self.low, self.high = _range(min(values), max(values), lowest)

    def _day(self, period: str) -> int:
        return date.fromisoformat(period if self.by == "week" else f"{period}-01").toordinal()

    def x(self, period: str) -> float:
        """From the left."""
        return WIDTH * (self._day(period) - self.start) / self.span

    def y(self, value: float) -> float:
        """From the top."""
        return HEIGHT * (self.high - value) / (self.high - self.low)

    def at(self, point: Value, value: float) -> str:
        """One point as SVG writes it."""
        return f"{self.x(point['period']):.1f},{self.y(value):.1f}"

    def line(self, points: list[Value], name: str) -> str:
        """A line; a single point becomes a short dash, so that it is seen."""
        if len(points) == 1:
            x, y = self.x(points[0]["period"]), self.y(points[0][name])
            return f"{max(x - 3, 0):.1f},{y:.1f} {min(x + 3, WIDTH):.1f},{y:.1f}"
        return " ".join(self.at(point, point[name]) for point in points)

    def area(self, points: list[Value]) -> str:
        """The intervals of a stretch as one area."""
        known = [(point, point["lo"], point["hi"]) for point in points if point["lo"] is not None]
        return self.band(known)

    def band(self, rows: list[tuple[Value, float, float]]) -> str:
        """An area between two lines, cut at the edges of the box."""
        inside = [(point, max(lo, self.low), min(hi, self.high)) for point, lo, hi in rows]
        upper = [self.at(point, hi) for point, _lo, hi in inside]
        lower = [self.at(point, lo) for point, lo, _hi in reversed(inside)]
        return " ".join([*upper, *lower]) if len(inside) > 1 else ""


def _values(point: Value) -> list[float]:
    watched = point["ewma"] or {}
    return [point["score"], *(watched[name] for name in ("z", "lo", "hi") if name in watched)]


def _range(low: float, high: float, lowest: float) -> tuple[float, float]:
    """Whole tens around the values, at least 20 points apart, so that noise does not look like a cliff.

    Never beyond the ends of the scale, where no score can be.
    """
    missing = max(0.0, LEAST_RANGE - (high - low)) / 2
    bottom, top = STEP * ((low - missing) // STEP), -STEP * ((-high - missing) // STEP)
    return max(lowest, min(bottom, HIGHEST - LEAST_RANGE)), min(HIGHEST, max(top, lowest + LEAST_RANGE))


def _text(series: Value, shown: list[Value]) -> str:
    """What a screen reader says: last value, change, alarm; the table has the rest."""
    last = shown[-1]
    words = [
        _("%(name)s from %(first)s to %(last)s; last %(score)s of %(n)s answers")
        % {
            "name": series_name(series),
            "first": period_name(shown[0]["period"], series["by"]),
            "last": period_name(last["period"], series["by"]),
            "score": one(last["score"]),
            "n": last["n"],
        }
    ]
    change = series["change"]
    if change and change["finding"]:
        shift = {"shift": signed(change["shift"]), "when": period_name(change["period"], series["by"])}
        words.append(_("changed by %(shift)s about %(when)s") % shift)
    if series["alarm"]:
        words.append(alarm_text(series))
    return "; ".join(words)


@dataclass(frozen=True, slots=True)
class Bar:
    """A share with its interval in percent of the axis."""

    width: str
    lo: str
    span: str
    text: str


def band_bar(band: Value) -> Bar | None:
    """The share who stayed in one band of scores; None where it is hidden or unknown."""
    share = band["retained"]
    if not share or share["share"] is None:
        return None
    facts = {"low": f"{band['low']:g}", "high": f"{band['high']:g}", "k": share["k"], "n": share["n"]}
    text = _("Scores %(low)s to %(high)s: %(k)s of %(n)s stayed") % facts
    lo, hi = 100 * share["lo"], 100 * share["hi"]
    return Bar(percent(100 * share["share"]), percent(lo), percent(hi - lo), text)
