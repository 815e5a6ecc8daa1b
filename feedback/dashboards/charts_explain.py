"""Where the bars of the explanation stand: percent of what is explained, each bar beginning where the last ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from feedback.dashboards.charts import percent
from feedback.dashboards.words import one
from feedback.dashboards.words_explain import interval, unit

Value = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ShareBar:
    """One block: its bar from x over width, its interval from lo over span, both in percent; lines: its predictors."""

    label: str
    share: str
    x: str
    width: str
    lo: str | None
    span: str | None
    service: bool
    text: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DoseBar:
    """One quarter of the strongest predictor: the score's place with its interval, in percent of 0-100."""

    label: str
    score: str
    x: str
    lo: str | None
    span: str | None
    text: str


def share_bars(drivers: Value) -> list[ShareBar]:
    """The blocks from the largest share down; together they fill the whole width."""
    bars, start = [], 0.0
    for block in sorted(drivers["blocks"], key=lambda block: -block["share"]):
        bars.append(_share_bar(block, start, drivers["items"]))
        start += 100 * block["share"]
    return bars


def _share_bar(block: Value, start: float, items: Sequence[Value]) -> ShareBar:
    share, known = 100 * block["share"], block["lo"] is not None
    text = _("%(label)s: %(share)s %% of what is explained") % {"label": block["label"], "share": one(share)}
    if known:
        facts = {"lo": one(100 * block["lo"]), "hi": one(100 * block["hi"])}
        text += _(", 95 %% interval %(lo)s to %(hi)s") % facts
    # An interval may pass the end of the picture: it is cut there, the words have it whole.
    first = max(0.0, start + 100 * block["lo"]) if known else 0.0
    last = min(100.0, start + 100 * block["hi"]) if known else 0.0
    members = [item for item in items if item["group"] == "records" and item["block"] == block["block"]]
    return ShareBar(
        label=block["label"],
        share=one(share),
        x=percent(start),
        width=percent(share),
        lo=percent(first) if known else None,
        span=percent(max(0.0, last - first)) if known else None,
        service=block["block"] == "service",
        text=text,
        lines=tuple(_line(item) for item in members),
    )


def _line(item: Value) -> str:
    """One predictor in a line: slope with interval, owner, and whether it is named."""
    facts = {
        "label": item["label"],
        "slope": one(item["slope"]) if abs(item["slope"]) >= 1 else _two(item["slope"]),
        "unit": unit(item["kind"]),
        "interval": interval(item) if abs(item["slope"]) >= 1 else interval_fine(item),
        "owner": item["owner"] or _("nobody"),
    }
    return _("%(label)s: %(slope)s %(unit)s (%(interval)s). Owner: %(owner)s") % facts


def interval_fine(item: Value) -> str:
    """The interval of a small slope with two decimals."""
    if item["lo"] is None:
        return _("no interval")
    return _("%(lo)s to %(hi)s") % {"lo": _two(item["lo"]), "hi": _two(item["hi"])}


def _two(number: float) -> str:
    return f"{number:.2f}".replace("-", "−")


def dose_bars(drivers: Value) -> list[DoseBar]:
    """The experience by quarter of the strongest predictor, in order."""
    return [_dose_bar(row) for row in drivers["dose"] if row["score"] is not None]


def _dose_bar(row: Value) -> DoseBar:
    low, high = f"{row['low']:.1f}", f"{row['high']:.1f}"
    label = low if low == high else _("%(low)s to %(high)s") % {"low": low, "high": high}
    facts = {"label": label, "score": one(row["score"]), "interval": interval(row), "n": row["n"]}
    known = row["lo"] is not None
    lo, hi = (max(0.0, row["lo"]), min(100.0, row["hi"])) if known else (0.0, 0.0)
    return DoseBar(
        label=label,
        score=one(row["score"]),
        x=percent(row["score"]),
        lo=percent(lo) if known else None,
        span=percent(max(0.0, hi - lo)) if known else None,
        text=_("%(label)s: experience %(score)s (%(interval)s), n %(n)s") % facts,
    )
