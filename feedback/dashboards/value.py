"""What the experience is worth and how everything stands: the commercial link and the scorecard."""

from typing import Any

from feedback.dashboards.addition import Addition
from feedback.dashboards.commercial import commercial_value
from feedback.dashboards.context import Context
from feedback.dashboards.scorecard import scorecard_value
from feedback.dashboards.words_value import commercial_findings

Value = dict[str, Any]


def value_part(context: Context, value: Value) -> Addition:
    """commercial and scorecard, with findings and warnings about the link."""
    suppressed: list[Value] = []
    commercial, warnings = commercial_value(context, suppressed)
    values = {"commercial": commercial}
    values["scorecard"] = scorecard_value(context, value | values, suppressed)
    return Addition(values, commercial_findings(commercial, value["journey"]), warnings, suppressed)
