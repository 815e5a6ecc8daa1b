"""The editor: the list of questions, the question being edited, and the page as the customer sees it."""

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from surveys.designer.access import of_survey
from surveys.designer.forms import AddForm
from surveys.designer.marks import marks
from surveys.designer.page import Editor
from surveys.designer.question_form import QuestionForm, fallback_words
from surveys.models import Survey

PAIRS = ("lowest", "highest", "low", "high", "metric", "code")  # fields that stand side by side


@of_survey()
def editor(request: HttpRequest, survey: Survey) -> HttpResponse:
    """One survey, at one question and in one language."""
    return editor_page(request, Editor(survey, request.GET.get("lang", ""), request.GET.get("q", "")))


def editor_page(request: HttpRequest, shown: Editor, form: QuestionForm | None = None) -> HttpResponse:
    """The page; `form` holds what could not be stored, so that nothing typed is lost."""
    status = 200 if form is None else 422
    if form is None and shown.question is not None:
        form = QuestionForm(shown.question, shown.language, shown.stages, earlier=shown.earlier)
    context = {
        "title": shown.title,
        "editor": shown,
        "survey": shown.survey,
        "form": form,
        "fallback": fallback_words(shown.question, shown.language) if shown.question else "",
        "add": AddForm(initial={"after": shown.code}),
        "pairs": PAIRS,
        "marks": list(marks(shown.document, shown.language, shown.code)),
    }
    return TemplateResponse(request, "surveys/designer/editor.html", context, status=status)
