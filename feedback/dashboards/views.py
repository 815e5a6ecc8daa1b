"""The journey pages in the admin: what service says, what the journey says, and the gap between."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.decorators import staff_member_required
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from feedback.actions.analyse import comparison_for
from feedback.dashboards.comparison import Query, UnknownJourney
from feedback.dashboards.forms import WindowForm
from feedback.dashboards.overview import journey_overview
from feedback.dashboards.sections import sections_html
from feedback.queries.comments import comments

Context = dict[str, Any]
LOOK_AGAIN_SECONDS = 3


@staff_member_required
@permission_required("feedback.view_runscore", raise_exception=True)
def journeys(request: HttpRequest) -> HttpResponse:
    """Every journey with its experience, service and gap."""
    context = admin.site.each_context(request) | {"title": _("Journeys"), "rows": journey_overview()}
    return TemplateResponse(request, "feedback/insights/journeys.html", context)


@staff_member_required
@permission_required("feedback.view_runscore", raise_exception=True)
def journey(request: HttpRequest, code: str) -> HttpResponse:
    """One journey as it was computed last; where nothing is kept yet and it takes longer, a page that waits."""
    form = WindowForm(request.GET)
    try:
        kept = comparison_for(form.query(code) if form.is_valid() else Query(code))
    except UnknownJourney:
        raise Http404(_("There is no journey with this code.")) from None
    context = admin.site.each_context(request) | {"kept": kept, "code": code, "form": form}
    if not kept.has_value:
        return _waiting(request, context)
    context |= {"title": kept.value["name"], "value": kept.value, "filtered": bool(request.GET)}
    context["sections"] = sections_html(kept, comments(kept.row.comments) if kept.row else [])
    return TemplateResponse(request, "feedback/insights/journey.html", context)


def _waiting(request: HttpRequest, context: Context) -> HttpResponse:
    """How far it is; the header makes the browser look again, without script."""
    context |= {"title": _("Being computed"), "again": request.get_full_path()}
    response = TemplateResponse(request, "feedback/insights/waiting.html", context, status=202)
    response["Refresh"] = str(LOOK_AGAIN_SECONDS)
    response["Cache-Control"] = "no-store"
    return response
