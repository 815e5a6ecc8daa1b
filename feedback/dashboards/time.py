"""What time tells about a journey: trends, changes before and after, outcomes with targets, follow-ups."""

from typing import Any

from feedback.dashboards.addition import Addition
from feedback.dashboards.alerts import alert_values
from feedback.dashboards.change_rows import change_values
from feedback.dashboards.context import Context
from feedback.dashboards.targets import outcome_values
from feedback.dashboards.trends import trend_values
from feedback.dashboards.words_time import change_findings, trend_findings
from feedback.insights.suppression import too_few
from feedback.queries.improvements import outcomes_of_journey

Value = dict[str, Any]


def time_part(context: Context, value: Value) -> Addition:
    """trends, before_after, outcomes and alerts, with their findings."""
    outcomes = outcomes_of_journey(context.definition.journey_id)
    values: Value = {"trends": trend_values(context, value), "before_after": change_values(context, outcomes)}
    if context.judging:
        return Addition(values)
    values["outcomes"], hidden = outcome_values(context, outcomes, value | values)
    values["alerts"] = alert_values(context, value)
    journey = value["journey"]
    return Addition(
        values=values,
        findings=trend_findings(values["trends"], journey) + change_findings(values["before_after"], journey),
        suppressed=hidden + _hidden_periods(values["trends"]),
    )


def _hidden_periods(series: list[Value]) -> list[Value]:
    return [
        {"cell": f"trends.{item['code']}", "reason": f"{item['hidden']} periods with {too_few()}"}
        for item in series
        if item["hidden"]
    ]
