"""Scores against what customers did later: retention, spend, referrals, and what that may be worth (method 3.10)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from feedback.dashboards.context import Context
from feedback.dashboards.doubts import warning
from feedback.dashboards.words_value import CAVEATS, WARNINGS, stake_text
from feedback.insights.alive import tick
from feedback.insights.arrays import Floats, Ints
from feedback.insights.commercial import CommercialLink, Link, ScoreBand, commercial_link, value_at_stake
from feedback.insights.intervals import clustered_mean
from feedback.insights.neighbours import last_before
from feedback.insights.scores import Bounds
from feedback.insights.suppression import complementary, small_cell, too_few
from feedback.queries.columns import places_of
from feedback.queries.commercial import Records, records_of
from feedback.queries.run_history import RunHistory

Value = dict[str, Any]
CONTROL_FROM = 0.9  # a control that fewer rows know would throw away more than it explains
NUMERIC_CONTROLS, CODED_CONTROLS = ("tenure",), ("value_band",)


@dataclass(frozen=True, slots=True)
class Joined:
    """Records beside their runs: which records, place of each one's run in the history, retained in the record before.

    prior: NaN where the same customer has none that was over when the run started. left_out: how many, by reason.
    """

    records: Records
    index: Ints
    place: Ints
    prior: Floats
    left_out: dict[str, int]

    def column(self, name: str) -> Floats:
        """A number of each record that has a run."""
        values: Floats = getattr(self.records, name)[self.index]
        return values


def commercial_value(context: Context, suppressed: list[Value]) -> tuple[Value | None, list[Value]]:
    """The contract's `commercial` and its warnings; None where nothing is known of what customers did later."""
    records = records_of(context.definition.journey_id)
    history = context.history.between(context.query.start, context.query.end)
    if not len(records) or not len(history):
        return None, []
    joined = joined_to_runs(records, history)
    index = joined.place
    names, controls = _controls(joined, history)
    link = commercial_link(
        joined.column("retained"),
        [("experience", history.experience[index]), ("service", history.service[index])],
        history.customer[index],
        controls,
        joined.column("spend"),
    )
    value = _value(link, suppressed) | {
        "records": len(joined.index),
        "controls": names,
        "left_out": [{"reason": reason, "n": n} for reason, n in joined.left_out.items()],
        "retained": _mean(joined, "retained", history),
        "spend": _mean(joined, "spend", history),
        "referrals": _mean(joined, "referrals", history),
        "stake": _stake(link, joined, history),
        "caveats": [str(text) for text in CAVEATS],
    }
    return value, [warning(code, str(WARNINGS[code])) for code in link.warnings]


def joined_to_runs(records: Records, history: RunHistory) -> Joined:
    """Each record beside its run, else the customer's last run that was over before the period started.

    A period that starts before the score cannot be its consequence: left out and counted.
    """
    tick()
    named = records.run > 0
    who = places_of(records.customer, history.people)
    last = last_before(history.customer, history.at, who, records.start)
    place = np.where(named, places_of(records.run, history.run), last)
    after = place >= 0
    after[after] = history.at[place[after]] < records.start[after]
    outside = named & (place < 0)
    counts = {"outside_window": int(outside.sum()), "not_after_score": int((~after & ~outside).sum())}
    same = np.append(False, np.diff(records.customer) == 0)
    retained, over = np.roll(records.retained, 1), np.roll(records.end, 1)
    index = np.flatnonzero(after)
    known = same[index] & (over[index] <= history.started[place[index]])
    prior = np.where(known, retained[index], np.nan)
    return Joined(records, index, place[index], prior, {reason: n for reason, n in counts.items() if n})


def _controls(joined: Joined, history: RunHistory) -> tuple[list[str], Floats | None]:
    """What is known of customers from before: tenure, value band, whether they stayed before; names and columns."""
    found: dict[str, Floats] = {}
    for name in NUMERIC_CONTROLS:
        values, codes = history.coded(name)
        found[name] = np.array([_number(value) for value in values], dtype=np.float64)[codes[joined.place]]
    for name in CODED_CONTROLS:
        values, codes = history.coded(name)
        picked = codes[joined.place]
        there = {values[code] for code in np.unique(picked).tolist()} - {None}
        for level in sorted(str(value) for value in there)[1:]:
            found[f"{name}={level}"] = np.array([np.nan if v is None else float(v == level) for v in values])[picked]
    found["prior_retained"] = joined.prior
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
    mean = clustered_mean(joined.column(name), history.customer[joined.place])
    if mean.customers < small_cell():
        return None
    return {"value": mean.value, "lo": mean.lo, "hi": mean.hi, "n": mean.n}


def _stake(link: CommercialLink, joined: Joined, history: RunHistory) -> Value | None:
    """Customers x effect of 10 points x margin of a customer who stayed: only for a finding, only as a range."""
    own = next((item for item in link.links if item.code == "experience" and item.finding), None)
    margins = joined.column("margin")[joined.column("retained") == 1]
    margins = margins[np.isfinite(margins)]
    if own is None or len(margins) < small_cell():
        return None
    customers = len(np.unique(history.customer))
    stake = value_at_stake(own, customers, float(margins.mean()))
    if stake is None:
        return None
    value = {**asdict(stake), "customers": customers, "margin": float(margins.mean()), "n": len(margins)}
    return value | {"text": stake_text(value)}
