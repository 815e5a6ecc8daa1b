"""How soon customers are answered, by channel, against the journey's target (C43); those who gave up were not."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cxsurvey.lib.periods import parse_period
from feedback.dashboards.addition import Addition, Value
from feedback.dashboards.context import Context
from feedback.dashboards.parts import share_value
from feedback.dashboards.scope import customers_of
from feedback.insights.shares import wilson
from feedback.insights.suppression import complementary, small_cell, too_few
from feedback.queries.response_times import Answering, answering_by_channel

OTHER = "other"  # as the option names all channels that it does not


def response_part(context: Context, _value: Value) -> Addition:
    """`response_times`: channels with median, p90 and share within target; null where nothing is known of any."""
    targets = targets_of(context.definition.options)
    rows = answering_by_channel(context.definition.journey_id, context.query.window, customers_of(context), targets)
    if not rows:
        return Addition({"response_times": None})
    suppressed: list[Value] = []
    hidden = complementary([row.customers for row in rows])
    shown = [_row(row, targets, hide, suppressed) for row, hide in zip(rows, hidden, strict=True)]
    found = {"channels": shown, "within": _within(rows)}
    return Addition({"response_times": found | {"sentence": _sentence(found)}}, suppressed=suppressed)


def targets_of(options: dict[str, Any]) -> dict[str, float]:
    """Minutes by channel from the journey's option `answer_within`; "" for all other channels."""
    written = options.get("answer_within") or {}
    minutes = {channel: parse_period(text).delta.total_seconds() / 60 for channel, text in written.items()}
    return {"" if channel == OTHER else channel: number for channel, number in minutes.items()}


def _row(row: Answering, targets: dict[str, float], hide: bool, suppressed: list[Value]) -> Value:
    place = {"channel": row.channel, "target_minutes": targets.get(row.channel, targets.get(""))}
    if hide:
        suppressed.append({"cell": f"response_times.{row.channel}", "reason": too_few()})
        return place | dict.fromkeys(("n", "unanswered", "median", "p90", "within")) | {"state": "hidden"}
    within = None if row.within is None else wilson(row.within, row.n)
    return {
        **place,
        "n": row.n,
        "unanswered": row.unanswered,
        "median": row.median,
        "p90": row.p90,
        "within": within and share_value(within),
        "state": "indicative" if row.n < 30 else "shown",
    }


def _within(rows: list[Answering]) -> Value | None:
    """Over all channels with a target, where enough customers stand behind it."""
    judged = [row for row in rows if row.within is not None]
    if sum(row.customers for row in judged) < small_cell():
        return None
    return share_value(wilson(sum(row.within or 0 for row in judged), sum(row.n for row in judged)))


def _sentence(found: Value) -> str:
    """What of all attempts was answered in time, and how many gave up."""
    gone = sum(row["unanswered"] or 0 for row in found["channels"])
    given_up = ngettext(
        "%(n)s attempt was given up before anybody answered.",
        "%(n)s attempts were given up before anybody answered.",
        gone,
    ) % {"n": gone}
    within = found["within"]
    if within is None:
        return _("How soon customers are answered has no target: set answer_within in the journey.") + " " + given_up
    facts = {key: f"{100 * within[key]:.1f}" for key in ("share", "lo", "hi")} | {"n": within["n"]}
    told = _("%(share)s %% of attempts were answered within the target (%(lo)s to %(hi)s %%, n = %(n)s).") % facts
    return f"{told} {given_up}"
