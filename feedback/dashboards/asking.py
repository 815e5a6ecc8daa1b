"""What asking does to answers: fatigue by earlier asks, and whether a touchpoint survey moves the experience answer."""

import dataclasses

import numpy as np
from django.utils.translation import gettext as _

from feedback.dashboards.addition import Addition, Value
from feedback.dashboards.context import Context
from feedback.dashboards.doubts import warning
from feedback.dashboards.parts import share_value
from feedback.dashboards.words import one
from feedback.insights.arrays import Floats, Ints
from feedback.insights.comparison import CarryOver, carry_over
from feedback.insights.fatigue import LEVELS, Fatigue, fatigue
from feedback.insights.logistic import Coefficient
from feedback.insights.suppression import complementary, small_cell, too_few
from feedback.queries.asking_history import asks_with_history, touchpoint_asks

LATE_POINTS = 5.0


def asking_part(context: Context, value: Value) -> Addition:
    """`asking`: fatigue and carry_over, each null where it is not measured; warnings where asking shows in answers."""
    suppressed: list[Value] = []
    tired, carried = _fatigue(context, suppressed), _carry_over(context)
    warnings = [warning("fatigue", tired["sentence"])] if tired and tired["finding"] else []
    warnings += _late_warning(value["coverage"].get("late_minus_early"))
    return Addition({"asking": {"fatigue": tired, "carry_over": carried}}, [], warnings, suppressed)


def _fatigue(context: Context, suppressed: list[Value]) -> Value | None:
    asks = asks_with_history(context.run_ids, context.table.run, context.definition.journey_id)
    if len(asks["answered"]) < small_cell():
        return None
    found = fatigue(asks["earlier"], asks["answered"] > 0, asks["customer"])
    rows = _by_earlier(found, suppressed)
    shown = {"n": found.n, "by_earlier": rows, "slope": _effect(found.slope), "per_ask": _effect(found.per_ask)}
    return shown | {"finding": found.finding, "sentence": _fatigue_sentence(found)}


def _by_earlier(found: Fatigue, suppressed: list[Value]) -> list[Value]:
    rows = []
    hidden = complementary([share.n for share in found.by_earlier])
    for level, share, hide in zip(LEVELS, found.by_earlier, hidden, strict=True):
        row = {"earlier": level, "and_more": level == LEVELS[-1], **share_value(share)}
        if hide:
            suppressed.append({"cell": f"asking.fatigue.{level}", "reason": too_few()})
            row |= dict.fromkeys(("share", "lo", "hi", "k", "n"))
        rows.append(row)
    return rows


def _effect(found: Coefficient | None) -> Value | None:
    return None if found is None else {"value": found.value, "lo": found.lo, "hi": found.hi, "p": found.p}


def _fatigue_sentence(found: Fatigue) -> str:
    effect = found.per_ask
    if effect is None:
        text = _(
            "Whether customers tire of surveys is not known: too few were asked again, or all did alike (n = %(n)s)."
        )
        return text % {"n": found.n}
    facts = {"change": one(100 * effect.value), "lo": one(100 * effect.lo), "hi": one(100 * effect.hi), "n": found.n}
    if found.finding:
        return _(
            "Customers tire of surveys: each earlier ask of the last 90 days goes with %(change)s percentage points of "
            "answers (%(lo)s to %(hi)s, n = %(n)s asks). Ask less often or fewer at a time."
        ) % (facts)
    return _(
        "No sign that customers tire of surveys: %(change)s percentage points of answers with each earlier ask of the "
        "last 90 days (%(lo)s to %(hi)s, n = %(n)s asks)."
    ) % (facts)


def _carry_over(context: Context) -> Value | None:
    """E(both) - E(only) where chance decided about the touchpoint survey; null with too few runs on a side."""
    asks = touchpoint_asks(context.run_ids, context.definition.journey_id)
    table = context.table
    by, flags = _asked_by_chance(asks)
    asked, rows = np.full(len(table), np.nan), table.rows_of(asks["run"])
    asked[rows[rows >= 0]] = flags[rows >= 0]
    known = np.isfinite(table.experience)
    if min(int((known & (asked == side)).sum()) for side in (0, 1)) < small_cell():
        return None
    found = carry_over(table.experience, asked, table.customer)
    shown = dataclasses.asdict(found) | {"by": by}
    shown["difference"] = {key: getattr(found.difference, key) for key in ("value", "lo", "hi", "p")}
    return shown | {"sentence": _carry_over_sentence(found)}


def _asked_by_chance(asks: dict[str, Ints]) -> tuple[str, Floats]:
    """For each run with asks: 1 asked at a touchpoint too, 0 end-to-end only by chance, NaN: something else decided.

    run: a random share of runs is asked end-to-end only. ask: else runs with a single ask due, sampled or not; with
    more asks due, those left out of all of them would be runs with few contacts.
    """
    sent, out = asks["sent"] > 0, asks["held_out"] > 0
    by = "run" if bool(out.any()) else "ask"
    if by == "ask":
        single = asks["sent"] + asks["not_sampled"] + asks["other"] == 1
        sent, out = single & sent, single & (asks["not_sampled"] == 1)
    return by, np.where(sent, 1.0, np.where(out & ~sent, 0.0, np.nan))


def _carry_over_sentence(found: CarryOver) -> str:
    difference = found.difference
    facts = {key: one(getattr(difference, key)) for key in ("value", "lo", "hi")}
    facts |= {"both": str(found.n_both), "only": str(found.n_only)}
    if difference.lo is not None and difference.hi is not None and (difference.lo > 0 or difference.hi < 0):
        return _(
            "Asking at a touchpoint first goes with another answer about the whole: %(value)s points (%(lo)s to "
            "%(hi)s; %(both)s asked twice, %(only)s end-to-end only, by chance)."
        ) % (facts)
    return _(
        "Asking at a touchpoint first shows no effect on the answer about the whole: %(value)s points (%(lo)s to "
        "%(hi)s; %(both)s asked twice, %(only)s end-to-end only, by chance)."
    ) % (facts)


def _late_warning(late: Value | None) -> list[dict[str, str]]:
    """Answers that needed a reminder stand for those that never came: far from the others, they warn."""
    if not late or late["lo"] is None or late["lo"] <= 0 <= late["hi"] or abs(late["value"]) < LATE_POINTS:
        return []
    facts = {key: one(late[key]) for key in ("value", "lo", "hi")}
    text = _(
        "Answers after a reminder differ by %(value)s points (%(lo)s to %(hi)s) from those before it: who never "
        "answered may differ as much."
    )
    return [warning("late_differs", text % facts)]
