"""All journeys of the installation in one look: experience, service and gap of each."""

from typing import Any

from feedback.dashboards.parts import score_value
from feedback.insights.comparison import paired_gap
from feedback.insights.scores import mean_score
from feedback.insights.suppression import small_cell, withheld
from feedback.queries.run_table import Window, gap_inputs
from surveys.models import Journey


def journey_overview(window: Window | None = None) -> list[dict[str, Any]]:
    """One row a journey by code, in two queries; figures are None where too few stand behind them.

    The list judges nothing: what stands is told by the journey's page, among all that it tests.
    """
    inputs = {item.journey: item for item in gap_inputs(window or Window())}
    rows = []
    for journey in Journey.objects.order_by("code"):
        row: dict[str, Any] = {"code": journey.code, "name": journey.name, "gap": None}
        if item := inputs.get(journey.code):
            gap = paired_gap(item.service, item.experience, item.customer)
            row["gap"] = withheld(gap) if gap.label == "not_enough" else gap
            row["service"] = _shown(score_value(mean_score(item.service, item.customer)))
            row["experience"] = _shown(score_value(mean_score(item.experience, item.customer)))
        rows.append(row)
    return rows


def _shown(value: dict[str, Any]) -> dict[str, Any] | None:
    return value if value["customers"] >= small_cell() else None
