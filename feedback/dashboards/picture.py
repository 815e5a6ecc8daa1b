"""What the journey page and the stand-alone report draw from a value."""

from typing import Any

from django.utils.translation import gettext as _

from feedback.dashboards.charts import gap_band, score_mark, stage_rows
from feedback.dashboards.words_page import judged_on


def picture(value: dict[str, Any]) -> dict[str, Any]:
    """The marks of the picture of stages, and the findings by whether they stand, for the template."""
    return {
        "standing": [item for item in value["findings"] if item["stands"] and item["kind"] != "gap"],
        "watching": [item for item in value["findings"] if not item["stands"]],
        "judged_on": judged_on(value["page"]),
        "rows": stage_rows(value),
        "band": gap_band(value),
        "experience_mark": score_mark(value["experience"], "diamond", _("Experience")),
        "service_mark": score_mark(value["service"], "circle", _("Service")),
        "ticks": (0, 25, 50, 75, 100),
    }
