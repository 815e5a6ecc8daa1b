"""The first page of the designer, and making a new survey."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from surveys.actions.surveys import Place, create_survey
from surveys.designer.access import PUBLISH, WORK, page
from surveys.designer.changing import person
from surveys.designer.forms import NewJourneyForm, NewSurveyForm
from surveys.drafting.catalogue import document_for, templates
from surveys.enums import SurveyKind
from surveys.models import Journey
from surveys.programme.beginning import begin_journey, begin_story
from surveys.queries.designer import JourneyLines, journeys_with_surveys

Places = dict[str, Place]


@page()
def index(request: HttpRequest) -> HttpResponse:
    """Every journey with its surveys, and what is being worked on."""
    context = {"title": _("Questionnaires"), "journeys": journeys_with_surveys()}
    return TemplateResponse(request, "surveys/designer/index.html", context)


@page(WORK, ("GET", "POST"))
def new(request: HttpRequest) -> HttpResponse:
    """Begin a survey from a template or with nothing."""
    rows = journeys_with_surveys()
    found = _places(rows)
    initial = {"template": request.GET.get("template", ""), "place": request.GET.get("place", "")}
    form = NewSurveyForm(_templates(), _choices(rows), request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        code = _made(request, form, found)
        if code:
            return redirect("design:editor", code)
    context = {"title": _("A new questionnaire"), "form": form}
    return TemplateResponse(request, "surveys/designer/new.html", context, status=422 if form.errors else 200)


@page(PUBLISH, ("GET", "POST"))
def journey(request: HttpRequest) -> HttpResponse:
    """Begin a journey: one of the stories under a name of one's own, or just the stages."""
    form = NewJourneyForm(request.POST or None, initial={"story": request.GET.get("story", "")}, label_suffix="")
    if request.method == "POST" and form.is_valid() and (made := _begin(form)):
        messages.success(request, _("“%(name)s” is there; its questionnaires are drafts.") % {"name": made.name})
        return redirect("design:index")
    context = {"title": _("A new journey"), "form": form}
    return TemplateResponse(request, "surveys/designer/new.html", context, status=422 if form.errors else 200)


def _begin(form: NewJourneyForm) -> Journey | None:
    """The journey; None where the form says why not."""
    told: dict[str, Any] = form.cleaned_data
    lines = [line.strip() for line in told["stages"].splitlines() if line.strip()]
    try:
        if told["story"]:
            return begin_story(told["story"], told["name"])
        return begin_journey(told["name"], lines, surveys=told["questionnaires"])
    except ValidationError as refused:
        form.add_error(None if told["story"] else "stages", refused)
        return None


def _made(request: HttpRequest, form: NewSurveyForm, found: Places) -> str | None:
    """The code of the survey that was made; None where the form says why not."""
    told: dict[str, Any] = form.cleaned_data
    place = found[told["place"]]
    document = document_for(told["template"], place.kind, place.stage)
    try:
        create_survey(told["code"], told["name"], place, document, person(request))
    except ValidationError as refused:
        form.add_error("code", refused)
        return None
    return str(told["code"])


def _templates() -> list[tuple[str, str]]:
    return [("", _("nothing")), *((each.code, f"{each.name}. {each.why}") for each in templates())]


def _places(rows: Iterable[JourneyLines]) -> Places:
    """What a survey can be about, by the value of its choice."""
    found: Places = {"relationship": Place(SurveyKind.RELATIONSHIP)}
    for row in rows:
        if row.journey is not None:
            code, stages = row.journey.code, [each.code for each in row.stages if not each.is_wait]
            found[code] = Place(SurveyKind.END_TO_END, row.journey)
            found[f"{code}:relationship"] = Place(SurveyKind.RELATIONSHIP, row.journey)
            found |= {f"{code}/{each}": Place(SurveyKind.TOUCHPOINT, row.journey, each) for each in stages}
    return found


def _choices(rows: Iterable[JourneyLines]) -> Sequence[tuple[str, Any]]:
    """The same as grouped choices: the stages of each journey, then the whole of it."""
    found: list[tuple[str, Any]] = []
    for row in rows:
        if row.journey is not None:
            code = row.journey.code
            stages = [(f"{code}/{s.code}", _("the stage “%s”") % s.name) for s in row.stages if not s.is_wait]
            bond = (f"{code}:relationship", _("the relationship with us, in this journey's programme file"))
            found.append((row.journey.name, [*stages, (code, _("the whole journey")), bond]))
    return [*found, ("relationship", _("the relationship with us, in no programme file"))]
