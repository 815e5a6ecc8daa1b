"""The journey pages in the admin: what service says, what the journey says, and the gap between."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.decorators import staff_member_required
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from feedback.dashboards.charts import gap_band, score_mark, stage_rows
from feedback.dashboards.comparison import Query, UnknownJourney, build_comparison
from feedback.dashboards.forms import WindowForm
from feedback.dashboards.overview import journey_overview
from feedback.insights.suppression import comments_shown
from feedback.queries.comments import recent_comments
from feedback.queries.journey_definition import journey_definition
from feedback.queries.run_table import run_table

Context = dict[str, Any]


@staff_member_required
@permission_required("feedback.view_runscore", raise_exception=True)
def journeys(request: HttpRequest) -> HttpResponse:
    """Every journey with its experience, service and gap."""
    context = admin.site.each_context(request) | {"title": _("Journeys"), "rows": journey_overview()}
    return TemplateResponse(request, "feedback/insights/journeys.html", context)


@staff_member_required
@permission_required("feedback.view_runscore", raise_exception=True)
def journey(request: HttpRequest, code: str) -> HttpResponse:
    """One journey: experience first, service beside it, the gap, stages, waits, comments."""
    form = WindowForm(request.GET)
    query = form.query(code) if form.is_valid() else Query(code)
    try:
        value = build_comparison(query)
    except UnknownJourney:
        raise Http404(_("There is no journey with this code.")) from None
    context = admin.site.each_context(request) | _picture(value) | _comments(query)
    context |= {"title": value["name"], "value": value, "form": form, "filtered": bool(request.GET)}
    return TemplateResponse(request, "feedback/insights/journey.html", context)


def _picture(value: Context) -> Context:
    return {
        "rows": stage_rows(value),
        "band": gap_band(value),
        "experience_mark": score_mark(value["experience"], "diamond", _("Experience")),
        "service_mark": score_mark(value["service"], "circle", _("Service")),
        "ticks": (0, 25, 50, 75, 100),
    }


def _comments(query: Query) -> Context:
    """The newest comments, where there are enough that nobody is pointed at."""
    definition = journey_definition(query.journey)
    if definition is None:
        return {"comments": []}
    runs = run_table(definition.journey_id, query.window, query.segments).run.tolist()
    comments = recent_comments(runs, limit=20)
    return {"comments": comments if comments_shown(len(comments)) else [], "comments_held": len(comments)}
