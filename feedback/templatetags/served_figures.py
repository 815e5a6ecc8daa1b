"""How soon customers are answered and what they felt, ready for the template."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from feedback.dashboards.feelings import place_name
from feedback.dashboards.words_served import minutes
from feedback.queries.quality import DIMENSIONS

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


@register.simple_tag
def quality_shares(value: dict[str, Any]) -> list[dict[str, Any]]:
    """Stages of whose score the four qualities explain something, with the part of each in their order."""
    return [
        {"name": row["name"], **row["explains"], "parts": [row["explains"]["shares"].get(code) for code in DIMENSIONS]}
        for row in value["quality"] or []
        if row["explains"]
    ]
