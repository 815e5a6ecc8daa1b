"""The pictures of what goes with the gap, ready for the template."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from feedback.dashboards.charts_explain import DoseBar, ShareBar, dose_bars, interval_fine, share_bars
from feedback.dashboards.priorities import place_name
from feedback.dashboards.words_explain import unit

register = template.Library()
register.filter("unit", unit)
register.filter("place_name", place_name)
register.filter("interval_fine", interval_fine)


@register.simple_tag
def said_here(value: dict[str, Any]) -> list[dict[str, Any]]:
    """What is said of drivers and not told in full among the findings at the top: there named, here by their labels."""
    told = {item.get("code") for item in value["findings"] if item["kind"] == "driver"}
    sentences = value["drivers"]["sentences"]
    above = [item for item in sentences if item["kind"] == "driver" and item["code"] in told]
    if not above:
        return list(sentences)
    labels = {item["code"]: item["label"] for item in value["drivers"]["items"]}
    names = "; ".join(labels[item["code"]] for item in above)
    first = {"kind": "named", "text": _("Told above: %(names)s.") % {"names": names}, "code": None}
    return [first, *(item for item in sentences if item not in above)]


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
