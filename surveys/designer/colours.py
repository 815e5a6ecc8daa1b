"""The accent colour of a journey: tried on the real page, refused where people could not read it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from surveys.actions.journeys import set_accent
from surveys.designer.access import PUBLISH, page
from surveys.models import Journey
from surveys.queries.designer import journey_by_code, survey_to_show
from surveys.rendering.contrast import HEX, USUAL, accent_problem, nearest, worst


@page(PUBLISH, ("GET", "POST"))
def colours(request: HttpRequest, journey: str) -> HttpResponse:
    """Try a colour (GET, nothing is stored) and take it (POST)."""
    found = journey_by_code(journey)
    if found is None:
        raise Http404(_("There is no journey with this code."))
    if request.method == "POST":
        return _take(request, found)
    return _page(request, found, request.GET.get("accent", found.accent).strip().lower())


def _take(request: HttpRequest, journey: Journey) -> HttpResponse:
    accent = request.POST.get("accent", "")
    try:
        set_accent(journey, accent)
    except ValidationError:
        return _page(request, journey, accent.strip().lower())
    said = _("The answer pages have this colour now.") if accent else _("The answer pages have the usual blue again.")
    messages.success(request, said)
    return redirect("design:colours", journey.code)


def _page(request: HttpRequest, journey: Journey, accent: str) -> HttpResponse:
    """The colour with its contrast, or why it is refused, and the page that wears it."""
    problem = accent_problem(accent) if accent else ""
    colour = bool(HEX.fullmatch(accent))
    context = {
        "journey": journey,
        "accent": accent or USUAL[0],
        "problem": problem,
        "nearest": nearest(accent) if problem and colour else "",
        "figure": f"{worst(accent or USUAL[0]):.1f}" if not problem else "",
        "survey": survey_to_show(journey),
        "title": _("Colours of “%(name)s”") % {"name": journey.name},
    }
    return TemplateResponse(request, "surveys/designer/colours.html", context, status=422 if problem else 200)
