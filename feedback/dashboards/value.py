"""What the experience is worth and how everything stands: the commercial link and the scorecard."""

from typing import Any

from feedback.dashboards.addition import Addition
from feedback.dashboards.commercial import commercial_value
from feedback.dashboards.context import Context
from feedback.dashboards.scorecard import scorecard_value
from feedback.dashboards.words_value import commercial_findings

Value = dict[str, Any]


def commercial_part(context: Context, value: Value) -> Addition:
    """commercial, with findings and warnings about the link."""
    suppressed: list[Value] = []
    commercial, warnings = commercial_value(context, suppressed)
    findings = commercial_findings(commercial, value)
    return Addition({"commercial": commercial}, findings, warnings, suppressed)


def scorecard_part(context: Context, value: Value) -> Addition:
    """scorecard, which names as reasons only what stands: it comes after the verdict."""
    suppressed: list[Value] = []
    return Addition({"scorecard": scorecard_value(context, value, suppressed)}, suppressed=suppressed)
