"""The same numbers for groups that should not be mixed: with a problem, with service, answered elsewhere (C52, 3.4)."""

from collections.abc import Iterator

import numpy as np
from django.utils.translation import gettext as _

from feedback.dashboards import parts
from feedback.dashboards.addition import Addition, Value
from feedback.dashboards.context import Context
from feedback.insights.arrays import Bools, Floats
from feedback.insights.intervals import Mean, clustered_mean, mean_difference
from feedback.insights.suppression import cell_state, complementary, too_few
from feedback.queries.channels_answered import answered_alike
from feedback.queries.run_columns import OUTCOMES
from surveys.enums import Metric, RunOutcome

Sides = tuple[Bools, Bools]
Split = tuple[str, tuple[str, str], Floats]  # code, names of the two sides; 1 the first, 0 the second, NaN neither
HIDDEN = {"score": None, "lo": None, "hi": None, "n": None, "state": "hidden"}


def apart_part(context: Context, _value: Value) -> Addition:
    """`apart`: pairs of groups with experience, service, gap and NPS, and how the first differs; nothing is tested.

    Where one side, or those of neither, are 1 to 4 customers both are hidden: held against all they would follow.
    """
    suppressed: list[Value] = []
    found = [_split(context, split, suppressed) for split in _splits(context)]
    return Addition({"apart": [item for item in found if item]}, suppressed=suppressed)


def _splits(context: Context) -> Iterator[Split]:
    table = context.table
    outcome = table.numbers["outcome"]
    given_up, completed = (outcome == OUTCOMES.index(name) for name in (RunOutcome.ABANDONED, RunOutcome.COMPLETED))
    yield "problem", (_("met a problem"), _("met none")), _problem(context)
    yield "contact", (_("with a contact"), _("without any contact")), (table.contacts > 0).astype(np.float64)
    yield "outcome", (_("given up"), _("completed")), np.where(given_up, 1.0, np.where(completed, 0.0, np.nan))
    alike = answered_alike(context.run_ids, table.run)
    yield "channel", (_("answered both through one channel"), _("through different channels")), alike


def _problem(context: Context) -> Floats:
    """Answers to a yes-or-no question of metric problem; of several in a run, yes counts."""
    met = np.full(len(context.table), np.nan)
    keys = {q.key for q in context.definition.questions if q.metric == Metric.PROBLEM and q.kind == "yes_no"}
    for key in sorted(keys):
        values, _customers, rows = context.table.rating(key)
        known = np.isfinite(values)
        np.fmax.at(met, rows[known], (values[known] > 0).astype(np.float64))
    return met


def _split(context: Context, split: Split, suppressed: list[Value]) -> Value | None:
    """None where nobody of one side rated the journey, or too few."""
    code, names, flags = split
    sides = (flags == 1, flags == 0)
    rated = _means(context, context.table.experience, sides)
    if not all(mean.n for mean in rated):
        return None
    if _hides(context, context.table.experience, sides):
        suppressed.append({"cell": f"apart.{code}", "reason": too_few()})
        return None
    apart = mean_difference(rated[0], rated[1])
    groups = [{"name": name, "runs": int(side.sum())} for name, side in zip(names, sides, strict=True)]
    for what, cells in _columns(context, code, sides, suppressed).items():
        for group, cell in zip(groups, cells, strict=True):
            group[what] = cell
    return {"code": code, "groups": groups, "difference": {"value": apart.value, "lo": apart.lo, "hi": apart.hi}}


def _columns(context: Context, code: str, sides: Sides, suppressed: list[Value]) -> dict[str, list[Value | None]]:
    table, service = context.table, context.runs.service
    values = {"experience": table.experience, "service": service, "gap": context.runs.service - table.experience}
    found: dict[str, list[Value | None]] = {}
    for what, column in values.items():
        means = _means(context, column, sides)
        hide = _hides(context, column, sides)
        if hide:
            suppressed.append({"cell": f"apart.{code}.{what}", "reason": too_few()})
        found[what] = [_shown(mean, hide) for mean in means]
    scores = [parts.nps_value(context.definition, table.where(side)) for side in sides]
    question = parts.nps_question(context.definition)
    hide = question is not None and _hides(context, table.ratings.column(question.key), sides)
    found["nps"] = [score and (HIDDEN if hide else score) for score in scores]
    return found


def _hides(context: Context, values: Floats, sides: Sides) -> bool:
    """Whether one side, or those of neither, are so few customers that they follow from the others and the whole."""
    known, customer = np.isfinite(values), context.table.customer
    cells = (known & sides[0], known & sides[1], known & ~sides[0] & ~sides[1])
    return any(complementary([len(np.unique(customer[cell])) for cell in cells])[:2])


def _means(context: Context, values: Floats, sides: Sides) -> list[Mean]:
    return [clustered_mean(np.where(side, values, np.nan), context.table.customer) for side in sides]


def _shown(mean: Mean, hide: bool) -> Value | None:
    """None where there is nobody."""
    if not mean.n:
        return None
    if hide:
        return dict(HIDDEN)
    return {"score": mean.value, "lo": mean.lo, "hi": mean.hi, "n": mean.n, "state": cell_state(mean.n)}
