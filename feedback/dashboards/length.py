"""How long journeys are: steps and days, half of them and nine in ten, beside needs and promises (C22, C23)."""

import numpy as np
from django.utils.translation import gettext as _

from feedback.dashboards.addition import Addition, Value
from feedback.dashboards.changes import data_end
from feedback.dashboards.context import Context
from feedback.dashboards.measures import measure_of, times_of
from feedback.dashboards.words import duration
from feedback.insights.arrays import Bools, Floats, Ints
from feedback.insights.kaplan_meier import curve, quantile
from feedback.insights.suppression import small_cell
from feedback.queries.run_columns import OUTCOMES
from surveys.enums import RunOutcome


def length_part(context: Context, _value: Value) -> Addition:
    """`length`: steps of journeys with contacts, days of all with the unfinished counted; else null."""
    table, definition = context.table, context.definition
    steps = np.where(table.contacts > 0, table.steps, np.nan)
    over = table.numbers["outcome"] != OUTCOMES.index(RunOutcome.OPEN)
    found = {
        "steps": _spread(np.where(over, steps, np.nan), np.ones(len(table), dtype=bool), table.customer),
        "days": _days(context),
        "needed_steps": definition.needed_steps,
        "promised_days": definition.promised_days,
    }
    if found["steps"] is None and found["days"] is None:
        return Addition({"length": None})
    return Addition({"length": found | {"sentence": _sentence(found)}})


def _days(context: Context) -> Value | None:
    history = context.history.between(context.query.start, context.query.end)
    measure = measure_of("elapsed_days", context.definition, history)
    times = measure and times_of(measure, context.definition, history, data_end(context.history))
    return _spread(times.days, times.ended, history.customer) if times else None


def _spread(values: Floats, ended: Bools, customer: Ints) -> Value | None:
    """Median with its interval, and what nine in ten stay within (None: fewer have ended); None under 5 customers."""
    if len(np.unique(customer[np.isfinite(values)])) < small_cell():
        return None
    found = curve(values, ended)
    median, most = quantile(found), quantile(found, 0.9)
    return {"median": median.value, "lo": median.lo, "hi": median.hi, "p90": most.value, "n": found.n}


def _sentence(found: Value) -> str:
    told = []
    steps, days = found["steps"], found["days"]
    if steps and steps["median"] is not None:
        facts = {key: _number(steps[key]) for key in ("median", "lo", "hi", "p90")} | {"n": steps["n"]}
        told.append(
            _(
                "Half of the journeys take up to %(median)s steps (%(lo)s to %(hi)s), nine in ten up to %(p90)s "
                "(n = %(n)s)."
            )
            % facts
        )
        if found["needed_steps"] is not None:
            told.append(_("Needed are %(n)s.") % {"n": found["needed_steps"]})
    if days and days["median"] is not None:
        facts = {key: duration(days[key]) for key in ("median", "lo", "hi", "p90")} | {"n": days["n"]}
        told.append(
            _(
                "Half are over within %(median)s (%(lo)s to %(hi)s), nine in ten within %(p90)s "
                "(n = %(n)s, the unfinished counted)."
            )
            % facts
        )
        if found["promised_days"] is not None:
            told.append(_("Promised are %(days)s.") % {"days": duration(found["promised_days"])})
    return " ".join(told)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"
