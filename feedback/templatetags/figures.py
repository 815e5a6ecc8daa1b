"""How figures are written on screens."""

from typing import Any

from django import template

from feedback.dashboards.words import duration, fewer, fewer_or_needed, left_out, one, signed
from feedback.insights.suppression import agent_limits, small_cell

register = template.Library()
register.filter("one", one)
register.filter("duration", duration)
register.filter("signed", signed)
register.filter("left_out", left_out)
register.simple_tag(fewer)
register.simple_tag(fewer_or_needed)
register.simple_tag(small_cell)
register.simple_tag(agent_limits)


@register.filter
def share(number: float | None) -> str:
    """A share between 0 and 1 as percent with one decimal."""
    return "–" if number is None else f"{100 * number:.1f} %"


@register.filter
def repeated(score: dict[str, Any]) -> bool:
    """Whether customers answered more than once and alike, so that their answers are worth fewer."""
    return score["n_eff"] is not None and round(score["n_eff"], 1) < (score["n"] or 0)


@register.filter
def hours(minutes: float | None) -> str:
    """Minutes as whole hours; a dash where they are not known."""
    return "–" if minutes is None else f"{minutes / 60:,.0f}"
