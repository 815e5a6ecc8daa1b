"""The pictures of what goes with the gap, ready for the template."""

from typing import Any

from django import template

from feedback.dashboards.charts_explain import DoseBar, ShareBar, dose_bars, interval_fine, share_bars
from feedback.dashboards.priorities import place_name
from feedback.dashboards.words_explain import unit

register = template.Library()
register.filter("unit", unit)
register.filter("place_name", place_name)
register.filter("interval_fine", interval_fine)


@register.simple_tag
def explained_shares(drivers: dict[str, Any]) -> list[ShareBar]:
    """The blocks as bars that add up."""
    return share_bars(drivers)


@register.simple_tag
def explained_dose(drivers: dict[str, Any]) -> list[DoseBar]:
    """The quarters of the strongest predictor."""
    return dose_bars(drivers)


@register.filter
def fine(number: float | None) -> str:
    """A slope with two decimals and its sign; a dash where there is none."""
    return "–" if number is None else f"{number:+.2f}".replace("-", "−")


@register.filter
def label_of(code: str, items: list[dict[str, Any]]) -> str:
    """The words of the item with this code."""
    return next((str(item["label"]) for item in items if item["code"] == code), code)
