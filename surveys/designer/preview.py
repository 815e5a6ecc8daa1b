"""The page as a customer sees it, within the designer; nothing that is pressed there is stored."""

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import translation
from django.utils.translation import gettext as _

from surveys.designer.access import of_survey
from surveys.designer.page import Editor
from surveys.models import Survey
from surveys.rendering.pages import AnswerForm, page_texts, questions_html
from surveys.rendering.specs import specs_of


@csp_replace({"frame-ancestors": ["'self'"]})
@of_survey()
def preview(request: HttpRequest, survey: Survey) -> HttpResponse:
    """The draft, else the published version, in one language."""
    shown = Editor(survey, request.GET.get("lang", ""))
    if shown.version is None:
        return HttpResponse(_("There is nothing to show yet."))
    with translation.override(shown.language):
        context = {
            "texts": page_texts(shown.version, shown.language),
            "questions": questions_html(AnswerForm(specs_of(shown.version, shown.language))),
        }
        response = TemplateResponse(request, "surveys/designer/preview.html", context).render()
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response
