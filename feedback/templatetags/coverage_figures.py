"""Coverage and contacts on the journey page: bars of the funnel, names of classes and phases."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.translation import gettext as _

from feedback.dashboards import words_coverage
from feedback.dashboards.charts import percent
from feedback.dashboards.words import signed
from feedback.dashboards.words_contacts import percent as share_text

register = template.Library()
register.filter("class_name", words_coverage.class_name)
register.filter("phase_name", words_coverage.phase)
Value = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CountBar:
    """One bar of counts: its width is the share of all in percent; text is what a screen reader says."""

    label: str
    n: int
    share: str
    width: str
    state: str
    text: str


@register.simple_tag
def funnel_bars(coverage: Value) -> list[CountBar]:
    """The steps of the whole funnel, each against all journeys."""
    rows = [row for row in coverage["funnel"] if row["by"] == "all"]
    if not rows or not rows[0]["runs"]:
        return []
    return [_bar(label, rows[0][key], rows[0]["runs"], key) for key, label in words_coverage.steps().items()]


@register.simple_tag
def heard_bars(coverage: Value) -> list[CountBar]:
    """All customers by how far they were heard; the four add up to all."""
    rows = coverage.get("customers", [])
    if not rows or not rows[0]["customers"]:
        return []
    return [_bar(label, rows[0][key], rows[0]["customers"], key) for key, label in words_coverage.heard().items()]


def _bar(label: str, n: int, total: int, state: str) -> CountBar:
    facts = {"label": label, "n": n, "total": total, "share": share_text(n / total)}
    text = _("%(label)s: %(n)s of %(total)s, %(share)s") % facts
    return CountBar(label, n, share_text(n / total), percent(100 * n / total), state, text)


@register.filter
def rows_by(rows: list[Value], by: str) -> list[Value]:
    """The rows of the funnel cut one way: all, segment, channel or phase."""
    return [row for row in rows if row["by"] == by]


@register.filter
def variable(name: str) -> str:
    """A frame variable in words."""
    names = {
        "contacted": _("was in contact"),
        "contacts": _("contacts (log)"),
        "days_waited": _("days waited (log)"),
        "by_sms": _("asked by SMS"),
        "tenure": _("tenure"),
    }
    return names.get(name) or words_coverage.class_name(name.removeprefix("class:"))


@register.filter
def percent_change(ratio: float | None) -> str:
    """A ratio to the case mix as percent more or less."""
    return "–" if ratio is None else f"{signed(100 * (ratio - 1))} %"
