"""The journey pages in the admin: what service says, what the journey says, and the gap between."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.decorators import staff_member_required
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from feedback.actions.analyse import Kept, comparison_for, kept_comparison, resume_analyses, stop_analyses
from feedback.dashboards.comparison import Query, UnknownJourney
from feedback.dashboards.forms import WindowForm
from feedback.dashboards.overview import journey_overview
from feedback.dashboards.sections import sections_html
from feedback.enums import AnalysisState
from feedback.queries.comments import comments

Context = dict[str, Any]
LOOK_AGAIN_SECONDS = 3
SHORTLY = 10


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
    context["asked"] = request.GET.urlencode()
    if not kept.has_value:
        return _waiting(request, context)
    context |= {"title": kept.value["name"], "value": kept.value, "filtered": bool(request.GET)}
    context["sections"] = sections_html(kept, comments(kept.row.comments) if kept.row else [])
    return TemplateResponse(request, "feedback/insights/journey.html", context)


@staff_member_required
@permission_required("feedback.view_runscore", raise_exception=True)
@require_POST
def computing(request: HttpRequest, code: str) -> HttpResponse:
    """Stop the computing of what the page shows (stop), or have it computed (any other button), and go back to it."""
    form = WindowForm(request.GET)
    row = kept_comparison(form.query(code) if form.is_valid() else Query(code)).row
    if row is None:
        raise Http404(_("Nothing is being computed here."))
    if "stop" in request.POST:
        stop_analyses([row.pk])
    else:
        resume_analyses([row.pk])
    query = request.GET.urlencode()
    return redirect(reverse("insights:journey", args=[code]) + (f"?{query}" if query else ""))


def _waiting(request: HttpRequest, context: Context) -> HttpResponse:
    """How far it is; the header makes the browser look again, without script."""
    kept: Kept = context["kept"]
    context |= {"title": _("Being computed"), "again": request.get_full_path(), "left": time_left(kept.seconds_left)}
    response = TemplateResponse(request, "feedback/insights/waiting.html", context, status=202)
    if kept.row and kept.row.state != AnalysisState.STOPPED:
        response["Refresh"] = str(LOOK_AGAIN_SECONDS)
    response["Cache-Control"] = "no-store"
    return response


def time_left(seconds: float | None) -> str:
    """In words; "" where nobody can tell."""
    if seconds is None:
        return ""
    if seconds < SHORTLY:
        return _("a few seconds")
    minutes = round(seconds / 60)
    if minutes < 1:
        return _("less than a minute")
    return ngettext("about %(n)s minute", "about %(n)s minutes", minutes) % {"n": minutes}
