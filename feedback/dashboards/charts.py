"""Where the marks of the journey page stand: percent of the 0-100 axis, so that a drawing fits every width."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from feedback.dashboards.words import duration, one

Value = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Mark:
    """One score with its whisker on the axis; x, lo, hi in percent, text is what a screen reader says."""

    shape: str
    x: str
    lo: str | None
    width: str | None
    hollow: bool
    text: str


@dataclass(frozen=True, slots=True)
class StageRow:
    """One line of the picture: a stage, or the wait before the next."""

    value: Value
    mark: Mark | None
    wait: "WaitBar | None"


@dataclass(frozen=True, slots=True)
class WaitBar:
    """A wait to scale: width and promise in percent of the longest."""

    value: Value
    width: str
    promise: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Band:
    """The gap between service and experience, in percent of the axis."""

    x: str
    width: str


SHAPES = {"service": "circle", "non_service": "square", "wait": "square"}


def percent(number: float) -> str:
    """An SVG coordinate; two decimals are a tenth of a pixel on any screen."""
    return f"{number:.2f}%"


def score_mark(value: Value, shape: str, name: str) -> Mark | None:
    """The mark of a score; None where nothing is shown. Fewer than 30 answers: hollow and said so."""
    if value["score"] is None:
        return None
    lo, hi, n = value["lo"], value["hi"], value["n"]
    hollow = n < 30
    text = _("%(name)s: %(score)s") % {"name": name, "score": one(value["score"])}
    if lo is not None:
        text += _(", 95 %% interval %(lo)s to %(hi)s") % {"lo": one(lo), "hi": one(hi)}
    text += _(", %(n)s answers") % {"n": n}
    if hollow:
        text += _(", indicative")
    width = percent(hi - lo) if lo is not None else None
    return Mark(shape, percent(value["score"]), None if lo is None else percent(lo), width, hollow, text)


def gap_band(value: Value) -> Band | None:
    """The band between service and experience, where both are shown."""
    service, experience = value["service"]["score"], value["experience"]["score"]
    if service is None or experience is None:
        return None
    return Band(percent(min(service, experience)), percent(abs(service - experience)))


def stage_rows(value: Value) -> list[StageRow]:
    """The stages in order, each with its mark and the wait that follows it."""
    waits = {row["from"]: row for row in value["transitions"] if row["n"]}
    longest = max((max(row["median_days"], row["promised_days"] or 0.0) for row in waits.values()), default=0.0)
    return [
        StageRow(
            stage, score_mark(stage, SHAPES[stage["kind"]], stage["name"]), _wait(waits.get(stage["code"]), longest)
        )
        for stage in value["stages"]
        if stage["kind"] != "wait"
    ]


def _wait(row: Value | None, longest: float) -> WaitBar | None:
    if row is None or longest <= 0:
        return None
    text = _("Wait: median %(median)s, nine in ten within %(p90)s") % {
        "median": duration(row["median_days"]),
        "p90": duration(row["p90_days"]),
    }
    promised = row["promised_days"]
    if promised is not None:
        text += _(", promised %(promised)s") % {"promised": duration(promised)}
    promise = percent(100 * promised / longest) if promised is not None else None
    return WaitBar(row, percent(100 * row["median_days"] / longest), promise, text)
