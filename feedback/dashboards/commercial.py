"""Scores against what customers did later: retention, spend, referrals, and what that may be worth (method 3.10)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from feedback.dashboards.changes import day_of
from feedback.dashboards.context import Context
from feedback.dashboards.doubts import warning
from feedback.dashboards.words_value import CAVEATS, WARNINGS, stake_text
from feedback.insights.alive import tick
from feedback.insights.arrays import Floats
from feedback.insights.commercial import CommercialLink, Link, ScoreBand, commercial_link, value_at_stake
from feedback.insights.intervals import clustered_mean
from feedback.insights.scores import Bounds
from feedback.insights.suppression import complementary, small_cell, too_few
from feedback.queries.commercial import Record, records_of
from feedback.queries.run_history import RunHistory

Value = dict[str, Any]
CONTROL_FROM = 0.9  # a control that fewer rows know would throw away more than it explains
NUMERIC_CONTROLS, CODED_CONTROLS = ("tenure",), ("value_band",)


@dataclass(frozen=True, slots=True)
class Joined:
    """Records beside their runs: place of the run in the history, and the record before it of the same customer."""

    records: list[Record]
    place: list[int]
    prior: list[Record | None]
    left_out: dict[str, int]


def commercial_value(context: Context, suppressed: list[Value]) -> tuple[Value | None, list[Value]]:
    """The contract's `commercial` and its warnings; None where nothing is known of what customers did later."""
    records = records_of(context.definition.journey_id)
    history = context.history.between(context.query.start, context.query.end)
    if not records or not len(history):
        return None, []
    joined = joined_to_runs(records, history)
    index = np.array(joined.place, dtype=np.int64)
    names, controls = _controls(joined, history)
    link = commercial_link(
        _column(joined.records, "retained"),
        [("experience", history.experience[index]), ("service", history.service[index])],
        history.customer[index],
        controls,
        _column(joined.records, "spend"),
    )
    value = _value(link, suppressed) | {
        "records": len(joined.records),
        "controls": names,
        "left_out": [{"reason": reason, "n": n} for reason, n in joined.left_out.items()],
        "retained": _mean(joined, "retained", history),
        "spend": _mean(joined, "spend", history),
        "referrals": _mean(joined, "referrals", history),
        "stake": _stake(link, joined, history),
        "caveats": [str(text) for text in CAVEATS],
    }
    return value, [warning(code, str(WARNINGS[code])) for code in link.warnings]


def joined_to_runs(records: Sequence[Record], history: RunHistory) -> Joined:
    """Each record beside its run, else the customer's last run that was over before the period started.

    A period that starts before the score cannot be its consequence: left out and counted.
    """
    by_run = {run: place for place, run in enumerate(history.run.tolist())}
    by_customer: dict[int, list[int]] = defaultdict(list)
    for place, customer in enumerate(history.customer.tolist()):
        by_customer[customer].append(place)
    found = Joined([], [], [], {})
    last: dict[int, Record] = {}
    for record in records:
        tick()
        at = _run_of(record, by_run, by_customer, history)
        if isinstance(at, str):
            found.left_out[at] = found.left_out.get(at, 0) + 1
        else:
            found.records.append(record)
            found.place.append(at)
            found.prior.append(_before(last.get(record.customer), history.started[at]))
        last[record.customer] = record
    return found


def _run_of(
    record: Record, by_run: Mapping[int, int], by_customer: Mapping[int, list[int]], history: RunHistory
) -> int | str:
    """The place of its run, or why there is none."""
    start = day_of(record.start)
    if record.run is not None:
        place = by_run.get(record.run)
        if place is None:
            return "outside_window"
        return place if history.at[place] < start else "not_after_score"
    earlier = [place for place in by_customer.get(record.customer, []) if history.at[place] < start]
    return max(earlier, key=lambda place: float(history.at[place])) if earlier else "not_after_score"


def _before(record: Record | None, started: float) -> Record | None:
    return record if record and day_of(record.end) <= started else None


def _column(records: Sequence[Record | None], name: str) -> Floats:
    values = [None if record is None else getattr(record, name) for record in records]
    return np.array([np.nan if value is None else float(value) for value in values], dtype=np.float64)


def _controls(joined: Joined, history: RunHistory) -> tuple[list[str], Floats | None]:
    """What is known of customers from before: tenure, value band, whether they stayed before; names and columns."""
    picked = np.array(joined.place, dtype=np.int64)
    found: dict[str, Floats] = {}
    for name in NUMERIC_CONTROLS:
        numbers = np.array([_number(value) for value in history.attribute(name)], dtype=np.float64)
        found[name] = numbers[picked]
    for name in CODED_CONTROLS:
        values = history.attribute(name)
        labels = [values[place] or "" for place in picked.tolist()]
        for level in sorted(set(labels) - {""})[1:]:
            found[f"{name}={level}"] = np.array(
                [np.nan if not label else float(label == level) for label in labels], dtype=np.float64
            )
    found["prior_retained"] = _column(joined.prior, "retained")
    used = {name: column for name, column in found.items() if _useful(column)}
    return list(used), np.column_stack(list(used.values())) if used else None


def _number(text: str | None) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return np.nan


def _useful(column: Floats) -> bool:
    known = np.isfinite(column)
    return len(column) > 0 and float(known.mean()) >= CONTROL_FROM and float(np.ptp(column[known])) > 0


def _value(link: CommercialLink, suppressed: list[Value]) -> Value:
    return {
        "n": link.n,
        "customers": link.customers,
        "links": [_link(item) for item in link.links],
        "spend_per_10": _bounds(link.spend_per_10),
        "bands": _bands(link.bands, suppressed),
        "warnings": list(link.warnings),
    }


def _link(link: Link) -> Value:
    return {
        "code": link.code,
        "odds_ratio": _bounds(link.odds_ratio),
        "effect": _bounds(link.effect),
        "p": link.p,
        "q": link.q,
        "finding": link.finding,
    }


def _bounds(found: Bounds | None) -> Value | None:
    return None if found is None else {"value": found.value, "lo": found.lo, "hi": found.hi}


def _bands(bands: Sequence[ScoreBand], suppressed: list[Value]) -> list[Value]:
    """The dose table; bands of too few are hidden, with another one so that they cannot be worked out."""
    hidden = complementary([band.retained.n for band in bands])
    rows = []
    for band, hide in zip(bands, hidden, strict=True):
        row: Value = {"low": band.low, "high": band.high, "hidden": hide}
        if hide:
            suppressed.append({"cell": f"commercial.bands.{band.low:g}-{band.high:g}", "reason": too_few()})
        row["retained"] = None if hide else asdict(band.retained)
        row["spend"] = None if hide else _bounds(band.spend)
        rows.append(row)
    return rows


def _mean(joined: Joined, name: str, history: RunHistory) -> Value | None:
    """The mean of a column of the records, by customer; None where nobody or too few have it."""
    customers = history.customer[np.array(joined.place, dtype=np.int64)]
    mean = clustered_mean(_column(joined.records, name), customers)
    if mean.n < small_cell():
        return None
    return {"value": mean.value, "lo": mean.lo, "hi": mean.hi, "n": mean.n}


def _stake(link: CommercialLink, joined: Joined, history: RunHistory) -> Value | None:
    """Customers x effect of 10 points x margin of a customer who stayed: only for a finding, only as a range."""
    own = next((item for item in link.links if item.code == "experience" and item.finding), None)
    stayed = _column(joined.records, "retained") == 1
    margins = _column(joined.records, "margin")[stayed]
    margins = margins[np.isfinite(margins)]
    if own is None or len(margins) < small_cell():
        return None
    customers = len(np.unique(history.customer))
    stake = value_at_stake(own, customers, float(margins.mean()))
    if stake is None:
        return None
    value = {**asdict(stake), "customers": customers, "margin": float(margins.mean()), "n": len(margins)}
    return value | {"text": stake_text(value)}
