"""The bond with the customer over his journeys: relationship surveys held against the journeys gone through (C30)."""

import numpy as np
from django.utils.translation import gettext as _

from feedback.dashboards.addition import Addition, Value
from feedback.dashboards.context import Context
from feedback.dashboards.scope import customers_of
from feedback.dashboards.words import one, signed
from feedback.insights.intervals import Mean
from feedback.insights.relationship import STEPS, Relationship, relationship
from feedback.insights.suppression import cell_state, complementary, small_cell, too_few
from feedback.queries.relationship import bond_answers


def bond_part(context: Context, _value: Value) -> Addition:
    """`relationship`: null where no relationship survey was answered by 5 customers of the journey."""
    answers = bond_answers(context.definition.journey_id, context.query.window, customers_of(context))
    customers, history = answers["customer"], context.everybody
    if len(np.unique(customers)) < small_cell():
        return Addition({"relationship": None})
    who = history.people[history.customer]
    # Days since 1970 in the history, seconds in the answers.
    found = relationship(customers, answers["at"], answers["score"], who, history.ended * 86_400.0)
    suppressed: list[Value] = []
    value = {
        "score": _mean(found.score),
        "by_journeys": _by_journeys(found, suppressed),
        "change": _mean(found.change) if found.again >= small_cell() else None,
        "per_journey": _slope(found),
    }
    return Addition({"relationship": value | {"sentence": _sentence(value)}}, suppressed=suppressed)


def _mean(mean: Mean) -> Value:
    return {"score": mean.value, "lo": mean.lo, "hi": mean.hi, "n": mean.n, "customers": mean.customers}


def _by_journeys(found: Relationship, suppressed: list[Value]) -> list[Value]:
    rows: list[Value] = []
    hidden = complementary([mean.customers for mean in found.by_journeys])
    for step, mean, hide in zip(STEPS, found.by_journeys, hidden, strict=True):
        row: Value = {"journeys": step, "and_more": step == STEPS[-1]}
        if hide:
            suppressed.append({"cell": f"relationship.by_journeys.{step}", "reason": too_few()})
            rows.append(row | {"score": None, "lo": None, "hi": None, "n": None, "state": "hidden"})
        else:
            rows.append(row | _mean(mean) | {"state": cell_state(mean.n) if mean.n else "not_measured"})
    return rows


def _slope(found: Relationship) -> Value | None:
    slope = found.per_journey
    return None if slope is None else {"slope": slope.slope, "lo": slope.lo, "hi": slope.hi, "p": slope.p}


def _sentence(value: Value) -> str:
    score, change, slope = value["score"], value["change"], value["per_journey"]
    facts = {key: one(score[key]) for key in ("score", "lo", "hi")} | {"n": score["n"], "c": score["customers"]}
    text = _("Customers of this journey rate the bond %(score)s (%(lo)s–%(hi)s, %(n)s answers of %(c)s customers).")
    text %= facts
    if change is not None:
        facts = {key: signed(change[key]) for key in ("score", "lo", "hi")} | {"n": change["n"]}
        text += " " + _(
            "From a customer's first answer to his last it moved by %(score)s points (%(lo)s to %(hi)s, "
            "%(n)s customers asked again)."
        ) % (facts)
    if slope is not None and slope["lo"] is not None:
        facts = {key: signed(slope[key]) for key in ("slope", "lo", "hi")}
        text += " " + _("Each journey between goes with %(slope)s points (%(lo)s to %(hi)s).") % facts
    return text
