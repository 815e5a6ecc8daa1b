"""The comparison as one HTML file that stands alone: the page's own sections and style, no script, no request."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, get_language_bidi

from feedback.dashboards.picture import picture
from feedback.dashboards.query import Query
from feedback.insights.suppression import comments_shown
from feedback.queries.comments import comments as comments_by_id
from feedback.queries.comments import newest_comments
from feedback.queries.journey_definition import journey_definition
from feedback.queries.run_table import run_ids

COMMENTS = 20
STYLE = "feedback/insights.css"
Value = dict[str, Any]


def html_report(value: Value, comments: Sequence[Value] = ()) -> str:
    """The file's text; links to rows lead to PUBLIC_BASE_URL, which must be reachable only for who follows them."""
    shown = list(comments) if comments_shown(len(comments)) else []
    context = picture(value) | {
        "value": value,
        "comments": shown,
        "comments_held": len(comments),
        "style": mark_safe(_style()),  # noqa: S308 - our own file
        "language": get_language() or "en",
        "direction": "rtl" if get_language_bidi() else "ltr",
        "base": settings.PUBLIC_BASE_URL.rstrip("/") + "/",
    }
    return render_to_string("feedback/insights/report.html", context)


def comments_on(query: Query) -> list[Value]:
    """The newest comments on the runs of a query."""
    definition = journey_definition(query.journey)
    if definition is None:
        return []
    return comments_by_id(newest_comments(run_ids(definition.journey_id, query.window, query.segments), COMMENTS))


def _style() -> str:
    """The style sheet from the source tree: there without DEBUG and before collectstatic."""
    found = finders.find(STYLE)
    if not found:
        raise FileNotFoundError(f"The style sheet {STYLE} is missing from the installation.")
    return Path(found).read_text(encoding="utf-8").replace("</", "<\\/")
