"""Journeys that came in without a customer: what counts each customer once cannot do so there, and says it."""

from django.utils.translation import ngettext

from feedback.dashboards.addition import Addition, Value
from feedback.dashboards.context import Context
from feedback.dashboards.doubts import warning
from feedback.queries.run_table import runs_without_customer


def nameless_part(context: Context, _value: Value) -> Addition:
    """The warning `customers_unknown`, where a table named no customers."""
    n = runs_without_customer(context.run_ids)
    if not n:
        return Addition()
    text = ngettext(
        "%(n)s journey came in without a customer and counts as a customer of its own: where a customer has several, "
        "the intervals are too narrow.",
        "%(n)s journeys came in without a customer, and each counts as a customer of its own: where a customer has "
        "several, the intervals are too narrow.",
        n,
    )
    return Addition(warnings=[warning("customers_unknown", text % {"n": n})])
