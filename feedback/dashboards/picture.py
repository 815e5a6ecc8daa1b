"""What the journey page and the stand-alone report draw from a value."""

from typing import Any

from django.utils.translation import gettext as _

from feedback.dashboards.charts import gap_band, score_mark, stage_rows


def picture(value: dict[str, Any]) -> dict[str, Any]:
    """The marks of the picture of stages, for the template."""
    return {
        "rows": stage_rows(value),
        "band": gap_band(value),
        "experience_mark": score_mark(value["experience"], "diamond", _("Experience")),
        "service_mark": score_mark(value["service"], "circle", _("Service")),
        "ticks": (0, 25, 50, 75, 100),
    }
