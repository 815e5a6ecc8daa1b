"""Each value of an attribute: how many, service, experience and the gap; hidden where too few stand."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from feedback.dashboards import parts
from feedback.dashboards.context import Context
from feedback.dashboards.keys import key
from feedback.dashboards.words import one
from feedback.insights.arrays import Bools, Floats, Ints
from feedback.insights.comparison import MIN_GAP, Gap, paired_gap, with_family
from feedback.insights.cube import Key
from feedback.insights.intervals import Mean, clustered_mean, mean_difference
from feedback.insights.scores import mean_score
from feedback.insights.shares import share_of
from feedback.insights.suppression import too_few

Value = dict[str, Any]


def segment_values(context: Context, blocked: bool, suppressed: list[Value]) -> list[Value]:
    """A row per value of the attribute asked for; the gaps are one family (method 3.4), no finding where `blocked`.

    Each of its numbers is judged by the customers behind it, those of whom the value is not known being a cell too.
    """
    name = context.query.by
    if not name:
        return []
    labels = np.array(context.table.attribute(name), dtype=object)
    known = np.array([label is not None for label in labels], dtype=bool)
    insides = {label: labels == label for label in sorted(set(labels[known].tolist()))}
    told, wanted = context.told, [(*context.query.segments.values(), label) for label in insides]
    if told.nameless_hidden(context.query.segments):
        known = np.ones(len(labels), dtype=bool)  # held against all others, or the few without would follow
    values = [_row(context, name, label, inside, known & ~inside) for label, inside in insides.items()]
    hidden = told.hidden([told.rows.everybody, told.rows.rated], wanted)
    few = [hide or not value["experience"]["n"] for value, hide in zip(values, hidden, strict=True)]
    shown = [value for value, hide in zip(values, few, strict=True) if not hide]
    gaps = _judged(context, [insides[value["value"]] for value in shown])
    for value, gap in zip(shown, gaps, strict=True):
        value["gap"] = _gap_value(gap, blocked)
    _hide_numbers(context, values, wanted, suppressed)
    return [_hidden(value, suppressed) if hide else value for value, hide in zip(values, few, strict=True)]


def _hide_numbers(context: Context, values: Sequence[Value], wanted: Sequence[Key], suppressed: list[Value]) -> None:
    """Service, gap and NPS of shown rows where too few stand behind these, and of those by which they would follow."""
    views, question = context.told.rows, parts.nps_question(context.definition)
    judged = {"service": [views.served], "gap": [views.rated & views.served]}
    if question:
        judged["nps"] = [np.isfinite(views.history.ratings.column(question.key))]
    for what, runs in judged.items():
        for value, hide in zip(values, context.told.hidden(runs, wanted), strict=True):
            if hide and value[what] and value["gap"]:
                suppressed.append({"cell": f"{_cell(value)}.{what}", "reason": too_few()})
                value |= {what: parts.hidden(value[what]) | ({"finding": False} if what == "gap" else {})}


def segment_findings(value: Value) -> list[Value]:
    """The segments whose service and experience lie apart."""
    name = value["filters"]["by"]
    rows = f"/admin/feedback/runscore/?journey__code={value['journey']}"
    return [
        {
            "text": _gap_text(name, row),
            "kind": "segment",
            "owner": value["owner"],
            "n": row["gap"]["n_pairs"],
            "rows_url": rows,
            "test": segment_key(row),
        }
        for row in value["segments"]
        if row["gap"] and row["gap"]["finding"]
    ]


def segment_key(row: Value) -> str:
    """The key of a segment's test."""
    return key("segment", row["name"], row["value"])


def _gap_text(name: str, row: Value) -> str:
    gap = row["gap"]
    text = _(
        "Where %(name)s is %(value)s, service scores %(service)s and the whole journey %(experience)s: "
        "a gap of %(gap)s points (%(lo)s to %(hi)s, %(n)s journeys of %(customers)s customers)."
    )
    return text % {
        "name": name,
        "value": row["value"],
        "service": one(row["service"]["score"]),
        "experience": one(row["experience"]["score"]),
        "gap": one(gap["gap"]),
        "lo": one(gap["lo"]),
        "hi": one(gap["hi"]),
        "n": gap["n_pairs"],
        "customers": gap["customers"],
    }


def _row(context: Context, name: str, label: str, inside: Bools, others: Bools) -> Value:
    table = context.table
    flags = np.where(inside | others, inside.astype(np.float64), np.nan)
    there, rest = (_mean(table.experience, side, table.customer) for side in (inside, others))
    apart = mean_difference(there, rest)
    return {
        "name": name,
        "value": label,
        "share": parts.share_value(share_of(flags, table.customer)),
        "service": _score(context.runs.service, inside, table.customer),
        "experience": _score(table.experience, inside, table.customer),
        "difference": {"value": apart.value, "lo": apart.lo, "hi": apart.hi, "p": apart.p},
        "gap": None,
        "nps": parts.nps_value(context.definition, table.where(inside)),
    }


def _score(values: Floats, inside: Bools, customer: Ints) -> Value:
    return parts.score_value(mean_score(np.where(inside, values, np.nan), customer))


def _mean(values: Floats, inside: Bools, customer: Ints) -> Mean:
    return clustered_mean(np.where(inside, values, np.nan), customer)


def _judged(context: Context, insides: Sequence[Bools]) -> list[Gap]:
    table, service = context.table, context.runs.service
    gaps = [
        paired_gap(service[inside], table.experience[inside], table.customer[inside], seed=context.seed)
        for inside in insides
    ]
    return with_family(gaps, float(context.definition.options.get("min_gap", MIN_GAP)))


def _gap_value(gap: Gap, blocked: bool) -> Value:
    return {
        "gap": gap.gap,
        "lo": gap.lo,
        "hi": gap.hi,
        "n_pairs": gap.n_pairs,
        "customers": gap.customers,
        "p": gap.p,
        "p_permutation": gap.p_permutation,
        "q": gap.q,
        "finding": bool(gap.finding and not blocked),
    }


def _cell(value: Value) -> str:
    return f"segments.{value['name']}={value['value']}"


def _hidden(value: Value, suppressed: list[Value]) -> Value:
    suppressed.append({"cell": _cell(value), "reason": too_few()})
    return {**dict.fromkeys(value), "name": value["name"], "value": value["value"]}
