"""How soon customers are answered and what they felt, ready for the template."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from feedback.dashboards.feelings import place_name
from feedback.dashboards.words_served import minutes

register = template.Library()
register.filter("minutes", minutes)


@register.filter
def felt_rows(felt: dict[str, Any]) -> list[dict[str, Any]]:
    """Stages and the passages between them that are measured, in the journey's order; the whole last."""
    between = {row["from"]: row for row in felt["transitions"] if row["state"] != "not_measured"}
    rows = []
    for stage in felt["stages"]:
        rows.append({**stage, "label": place_name(stage)})
        if stage["code"] in between:
            row = between[stage["code"]]
            rows.append({**row, "label": place_name(row)})
    return [*rows, {**felt["whole"], "label": _("The whole journey"), "whole": True}]
