"""At which stage journeys are given up (C83): of those that got there, the share that went no further."""

import numpy as np
from django.utils.translation import gettext as _

from feedback.dashboards.addition import Addition, Value
from feedback.dashboards.context import Context
from feedback.dashboards.parts import share_value
from feedback.dashboards.words_contacts import percent
from feedback.insights.shares import share_of, wilson
from feedback.insights.suppression import complementary, small_cell, too_few
from feedback.queries.endings import Ending, endings_of
from feedback.queries.run_columns import OUTCOMES
from surveys.enums import RunOutcome

GIVEN_UP, COMPLETED = OUTCOMES.index(RunOutcome.ABANDONED), OUTCOMES.index(RunOutcome.COMPLETED)


def given_up_part(context: Context, value: Value) -> Addition:
    """`abandonment`: ended journeys given up, then by stage; null where none has ended, no rows where none was."""
    table = context.table
    outcome = table.numbers["outcome"]
    flags = np.where(outcome == GIVEN_UP, 1.0, np.where(outcome == COMPLETED, 0.0, np.nan))
    whole = share_of(flags, table.customer)
    if whole.n < small_cell():
        return Addition({"abandonment": None})
    suppressed: list[Value] = []
    found = endings_of(context.run_ids) if whole.k else {}
    reached = [stage for stage in value["stages"] if stage["code"] in found]
    hidden = complementary([found[stage["code"]].customers for stage in reached])
    rows = [_row(s, found[s["code"]], hide, suppressed) for s, hide in zip(reached, hidden, strict=True)]
    share = share_value(whole)
    return Addition(
        {"abandonment": {"share": share, "stages": rows, "sentence": _sentence(share, rows)}}, suppressed=suppressed
    )


def _row(stage: Value, ending: Ending, hide: bool, suppressed: list[Value]) -> Value:
    row = {key: stage[key] for key in ("code", "name", "owner")}
    if hide:
        suppressed.append({"cell": f"abandonment.{stage['code']}", "reason": too_few()})
        return row | {"share": None}
    return row | {"share": share_value(wilson(ending.given_up, ending.entered))}


def _sentence(share: Value, rows: list[Value]) -> str:
    """The share of all, and the stage that loses most where its interval lies above every other share."""
    facts = {key: percent(share[key]) for key in ("share", "lo", "hi")} | {"n": share["n"]}
    text = _("%(share)s of %(n)s ended journeys were given up (%(lo)s to %(hi)s).") % facts
    known = [row for row in rows if row["share"]]
    most = max(known, key=lambda row: float(row["share"]["share"]), default=None)
    others = [row["share"]["share"] for row in known if row is not most]
    if most is None or not others or most["share"]["lo"] <= max(others):
        return text
    facts = {key: percent(most["share"][key]) for key in ("share", "lo", "hi")}
    facts |= {"stage": most["name"], "n": most["share"]["n"], "owner": most["owner"] or _("nobody")}
    return (
        text
        + " "
        + _("Most are at %(stage)s: %(share)s of those that got there (%(lo)s to %(hi)s, n = %(n)s). Owner: %(owner)s.")
        % (facts)
    )
