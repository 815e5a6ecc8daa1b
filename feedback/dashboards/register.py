"""Outcomes against what is measured and paid: not linked, misaligned, paid alone, not judged (C48, C96, C98)."""

from typing import Any

from django.utils.translation import gettext as _

from feedback.dashboards.addition import Addition, Value
from feedback.dashboards.context import Context
from feedback.dashboards.doubts import warning
from feedback.dashboards.words_value import tile_name
from feedback.enums import PaidMetric
from feedback.insights.incentives import misaligned, paid_alone
from feedback.queries.improvements import metrics_for_pay

NOT_EVALUATED = "not_evaluated"
# Of the metrics that questions can have, those that are no measure to aim at by themselves.
NO_AIM = ("free_text", "other", "problem")
SERVICE_LEVEL = ("service", "csat", "ease", "speed", "knowledge", "patience", "accommodation", "fcr", "aht", "tht")


def register_part(context: Context, value: Value) -> Addition:
    """`incentives` and `register`, with a warning for each way in which they work against the customer."""
    paid = metrics_for_pay()
    wanted = [outcome["measure"].removeprefix("wait:") for outcome in value["outcomes"]]
    alone, against = paid_alone([metric for metric, _note in paid]), misaligned(wanted, [m for m, _note in paid])
    warnings = [warning("paid_alone", _alone_text(metric)) for metric in alone]
    warnings += [warning("misaligned", _against_text(metric)) for metric in against]
    values = {
        "incentives": {
            "paid": [{"metric": metric, "label": _label(metric), "note": note} for metric, note in paid],
            "alone": list(alone),
            "misaligned": list(against),
            "sentences": [item["text"] for item in warnings],
        },
        "register": {"not_linked": _not_linked(context, wanted), "not_evaluated": _not_evaluated(value)},
    }
    return Addition(values, warnings=warnings)


def _label(metric: str) -> str:
    return str(PaidMetric(metric).label)


def _alone_text(metric: str) -> str:
    return _(
        "Pay depends on “%(metric)s” with nothing beside it that asks whether the issue was solved: it drives people "
        "to do well on it at the customer's cost. Add handling until solved, calls again or solved at first contact."
    ) % {"metric": _label(metric)}


def _against_text(metric: str) -> str:
    return _(
        "“%(metric)s” is paid for or aimed at while the wanted outcome is a faster journey: shorter calls do not make "
        "a shorter journey."
    ) % {"metric": _label(metric)}


def _not_linked(context: Context, wanted: list[str]) -> list[Value]:
    """What is measured about this journey and serves no outcome, with its level (C48, C49)."""
    metrics = {q.metric for q in context.definition.questions if q.current and q.metric not in NO_AIM}
    codes = [*sorted(metrics), "experience", "service", "elapsed_days", "steps"]
    linked = {*wanted, *(_metric_of(context, measure) for measure in wanted)}
    return [
        {"code": code, "name": _name(code), "level": "service" if code in SERVICE_LEVEL else "experience"}
        for code in codes
        if code not in linked
    ]


def _metric_of(context: Context, measure: str) -> str:
    """The metric of the question that an outcome names."""
    known: dict[str, Any] = {}
    for question in context.definition.questions:
        known |= {question.code: question.metric, f"{question.survey}.{question.code}": question.metric}
    return str(known.get(measure, measure))


def _name(code: str) -> str:
    names = {"csat": _("Customer satisfaction (CSAT)"), "fcr": _("Solved at first contact"), "feelings": _("Feelings")}
    names |= {"rating": _("Rating")}
    return names.get(code) or tile_name(code)


def _not_evaluated(value: Value) -> list[Value]:
    """Improvements that nobody could judge 90 days after their release (C98)."""
    return [
        {key: row[key] for key in ("improvement", "outcome", "changed_on", "owner")}
        for row in value["before_after"]
        if any(item["code"] == NOT_EVALUATED for item in row["warnings"])
    ]
