"""Changes of questions: add, change, move, copy, remove, bring into an order."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from surveys.designer.access import WORK, of_survey
from surveys.designer.changing import back, change
from surveys.designer.editor import editor_page
from surveys.designer.forms import AddForm
from surveys.designer.page import Editor
from surveys.designer.question_form import QuestionForm
from surveys.drafting import edits
from surveys.models import Survey
from surveys.queries.designer import stages_of

Document = dict[str, Any]


@of_survey(WORK, ("POST",))
def add(request: HttpRequest, survey: Survey) -> HttpResponse:
    """A question of the chosen kind behind the one being edited."""
    form = AddForm(request.POST)
    if not form.is_valid():
        return back(request, survey)
    made: list[str] = []

    def edit(document: Document) -> Document:
        fresh = form.document(document.get("languages") or ["en"], survey.kind, survey.stage_code)
        made.append(edits.free_code(document, fresh["code"]))
        known = {row["code"] for row in document.get("questions") or ()}
        after = form.cleaned_data["after"]
        return edits.added(document, fresh, after if after in known else "")

    response = change(request, survey, edit, _("question added"))
    return back(request, survey, made[0]) if made and response.status_code == 302 else response


@of_survey(WORK, ("POST",))
def save(request: HttpRequest, survey: Survey, question: str) -> HttpResponse:
    """The question as the form has it; what cannot be stored stays in the form."""
    shown = Editor(survey, request.POST.get("lang", ""), question)
    if shown.question is None or shown.code != question:
        return back(request, survey)
    stages = stages_of(survey.journey)
    form = QuestionForm(shown.question, shown.language, stages, request.POST, shown.earlier)
    if not form.is_valid():
        return editor_page(request, shown, form)
    code = form.cleaned_data["code"]
    taken = {row["code"] for row in shown.document.get("questions") or ()} - {question}
    if code in taken:
        form.add_error("code", _("Another question has this code."))
        return editor_page(request, shown, form)

    def edit(document: Document) -> Document:
        row = edits.question(document, question)
        seen = QuestionForm(row, shown.language, stages, request.POST, shown.earlier)
        seen.is_valid()
        return edits.changed(document, question, seen.document())

    return change(request, survey, edit, _("question “%(code)s” changed") % {"code": code}, code)


@of_survey(WORK, ("POST",))
def remove(request: HttpRequest, survey: Survey, question: str) -> HttpResponse:
    """Without asking: it can be undone."""
    label = _("question “%(code)s” removed") % {"code": question}
    return change(request, survey, lambda document: edits.removed(document, question), label)


@of_survey(WORK, ("POST",))
def copy(request: HttpRequest, survey: Survey, question: str) -> HttpResponse:
    """A copy behind it."""
    label = _("question “%(code)s” copied") % {"code": question}
    return change(request, survey, lambda document: edits.duplicated(document, question), label, question)


@of_survey(WORK, ("POST",))
def move(request: HttpRequest, survey: Survey, question: str) -> HttpResponse:
    """One up or down, by its button."""
    step = -1 if request.POST.get("to") == "up" else 1

    def edit(document: Document) -> Document:
        codes = [str(row["code"]) for row in document.get("questions") or ()]
        if question not in codes:
            raise edits.NoSuchQuestion(question)
        return edits.moved(document, question, codes.index(question) + step)

    return change(request, survey, edit, _("question “%(code)s” moved") % {"code": question}, question)


@of_survey(WORK, ("POST",))
def order(request: HttpRequest, survey: Survey) -> HttpResponse:
    """The order that the list was dragged into."""
    codes = request.POST.getlist("code")
    return change(request, survey, lambda document: edits.ordered(document, codes), _("questions put in order"))
