"""/s/<token>/: one page with all questions; GET and HEAD change nothing, POST submits once (reliability R8-R10).

All questions stand on one page, counted in words, also where there are more than three: without a script and without
a cookie, a page per question would carry the earlier answers in hidden fields and lose what was typed at every
"back". One form keeps everything in the browser, which then restores it by itself.
"""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods

from cxsurvey.lib.secret_pages import gone, secret_page
from feedback.actions.submit_response import AnsweredOtherwise, Gone, submit_invitation
from feedback.answering.opening import Opening, language_of
from feedback.answering.posted import BadPost, posted_answers
from feedback.queries.asked_invitation import invitation_by_token, is_answered, may_answer
from surveys.rendering.pages import (
    AnswerForm,
    blank_questions_html,
    languages_of,
    page_texts,
    preselected,
    questions_html,
)
from surveys.rendering.specs import specs_of


# No CSRF token: it would need a cookie, and there is no session to ride on. Whoever has the token in the address may
# post, nobody else can, so the address itself is the protection.
@csrf_exempt
@gzip_page
@secret_page
@require_http_methods(["GET", "HEAD", "POST"])
def answer_page(request: HttpRequest, token: str) -> HttpResponse:
    """The survey behind the token, or the page that it does not work (any more)."""
    invitation = invitation_by_token(token)
    posted = request.method == "POST"
    if invitation is None or not (may_answer(invitation, timezone.now()) or (posted and is_answered(invitation))):
        return gone(request)
    language = language_of(request, invitation, languages_of(invitation.version))
    try:
        with translation.override(language):
            opening = Opening(invitation, page_texts(invitation.version, language))
            return _submit(request, opening) if posted else _show(request, opening)
    except Gone:  # it ended in this very moment; outside the survey's language, so that all such pages are the same
        return gone(request)


def _show(request: HttpRequest, opening: Opening) -> HttpResponse:
    version, language = opening.invitation.version, opening.texts.language
    specs = specs_of(version, language)
    chosen = preselected(specs, request.GET.dict())
    questions = questions_html(AnswerForm(specs, chosen=chosen)) if chosen else blank_questions_html(version, language)
    return _page("answer", opening, questions=questions)


def _submit(request: HttpRequest, opening: Opening) -> HttpResponse:
    try:
        data = posted_answers(request)
    except BadPost as trouble:
        return _page("refused", opening, status=trouble.status, message=str(trouble))
    form = AnswerForm(specs_of(opening.invitation.version, opening.texts.language), data)
    if not form.is_valid():
        return _mend(opening, form)
    try:
        receipt = submit_invitation(
            opening.invitation, form.values, language=opening.texts.language, now=timezone.now()
        )
    except AnsweredOtherwise:
        return _page("answered", opening, status=409)
    return _page("thanks", opening, receipt=receipt)


def _mend(opening: Opening, form: AnswerForm) -> HttpResponse:
    """The page again with what was typed and what to do; after an answer there is nothing left to mend."""
    if is_answered(opening.invitation):
        return _page("answered", opening, status=409)
    numbered = enumerate(form.specs, start=1)
    errors = [(spec.code, number, form.errors[spec.code]) for number, spec in numbered if spec.code in form.errors]
    return _page("answer", opening, status=422, questions=questions_html(form), errors=errors)


def _page(name: str, opening: Opening, status: int = 200, **context: object) -> HttpResponse:
    """Rendered without the request: no context processor, so neither session nor cookie is ever touched."""
    html = render_to_string(f"feedback/answering/{name}.html", {**opening.context(), **context})
    response = HttpResponse(html, status=status)
    response.headers["Content-Language"] = opening.texts.language
    return response
