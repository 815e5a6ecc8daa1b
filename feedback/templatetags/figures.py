"""How figures are written on screens."""

from django import template

from feedback.dashboards.words import duration, one, signed

register = template.Library()
register.filter("one", one)
register.filter("duration", duration)
register.filter("signed", signed)


@register.filter
def share(number: float | None) -> str:
    """A share between 0 and 1 as percent with one decimal."""
    return "–" if number is None else f"{100 * number:.1f} %"
