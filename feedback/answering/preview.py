"""/design/<survey>/preview/: the very page that customers get, for staff, within the designer; nothing is stored.

What is typed while trying it out lives in the log-in's session, so that the logic can be followed from page to page.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from csp.decorators import csp_replace
from django.contrib.admin.views.decorators import staff_member_required
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from feedback.answering.opening import who_asks
from feedback.answering.posted import BadPost, Posted, read_post
from feedback.answering.sheets import Place, answer_sheet, fill, sheet
from feedback.answering.visit import stands_on
from surveys.logic.context import NOTHING
from surveys.logic.order import AS_WRITTEN
from surveys.models import SurveyVersion
from surveys.queries.definitions import version_to_preview
from surveys.question_kinds import RawValue
from surveys.rendering.contrast import HEX
from surveys.rendering.following import follow
from surveys.rendering.pager import Page, askable, follows, pages_of
from surveys.rendering.pages import AnswerForm, best_language, languages_of, page_texts
from surveys.rendering.specs import specs_of

Given = dict[str, list[str]]
KEY: Final = "preview"
NOBODYS: Final = {"revision": 0, "preferences": "#"}  # in the place of a customer's own


# No CSRF token stands in the customer's page, and what is posted here changes nothing but the person's own session.
@csrf_exempt
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": ["'self'"]})  # type: ignore[arg-type]  # its types know no further arguments
@staff_member_required
@permission_required("surveys.view_survey", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, code: str) -> HttpResponse:
    """One page of the draft, else of what is published; `q` begins at the page of a question."""
    version = version_to_preview(code)
    if version is None:
        raise Http404(_("There is nothing to show yet."))
    language = best_language(languages_of(version), [request.GET.get("lang", "")])
    with translation.override(language):
        if request.method == "POST":
            return _go_on(request, version, language)
        return HttpResponse(_page(request, version, language))


def _page(request: HttpRequest, version: SurveyVersion, language: str) -> str:
    if "done" in request.GET:
        place = Place((), 1, 1, 0, 1, accent=_accent(request, version))
        return fill(sheet("thanks", version, language, place=place), {"reference": "TEST", "preferences": "#"})
    given = {} if "page" not in request.GET else _given(request, version)
    values = _values(version, language, given)
    path = pages_of(version, values)
    wanted = request.GET.get("q", "")
    if wanted and not any(wanted in page for page in path):
        path = [(wanted,)] if any(spec.code == wanted for spec in specs_of(version, language)) else path
    asked = request.GET.get("page", "")
    number = int(asked) if asked.isdecimal() and len(asked) < 4 else 1
    number = next((n for n, page in enumerate(path, 1) if wanted and wanted in page), number)
    accent = _accent(request, version)
    place = _place(version, path, max(1, min(number, len(path))), values, accent)
    typed = {name: values for name, values in given.items() if stands_on(name, place.page)}
    form = AnswerForm([spec for spec in specs_of(version, language) if spec.code in place.page], typed=typed)
    html = answer_sheet(version, language, place, form)
    return fill(html, {"reason": who_asks(None, page_texts(version, language)), **NOBODYS})


def _go_on(request: HttpRequest, version: SurveyVersion, language: str) -> HttpResponse:
    """To the page that the button leads to, with what was typed kept in the session; mistakes are shown as they are."""
    try:
        posted = read_post(request)
    except BadPost as refused:
        return HttpResponse(str(refused), status=refused.status)
    given = _given(request, version) | posted.answers
    values = _values(version, language, given)
    path = pages_of(version, values)
    page = posted.page or path[0]
    here = next((n for n, each in enumerate(path, 1) if each == page), 1)
    form = AnswerForm([s for s in specs_of(version, language) if s.code in page], _of(page, posted), whole=False)
    if posted.go != "back" and not form.is_valid():
        place = _place(version, path, here, values, _accent(request, version))
        return HttpResponse(fill(answer_sheet(version, language, place, form), NOBODYS), status=422)
    request.session[KEY] = {"version": version.pk, "given": given}
    query: dict[str, Any] = {"lang": language, "page": max(1, here + (-1 if posted.go == "back" else 1))}
    query |= {"accent": request.GET["accent"]} if "accent" in request.GET else {}
    return HttpResponseRedirect(
        "?" + urlencode(query | ({"done": 1} if posted.go == "send" or here == len(path) else {}))
    )


def _given(request: HttpRequest, version: SurveyVersion) -> Given:
    kept: Mapping[str, Any] = request.session.get(KEY) or {}
    return dict(kept["given"]) if kept.get("version") == version.pk else {}


def _of(page: Page, posted: Posted) -> Given:
    return {name: values for name, values in posted.answers.items() if stands_on(name, page)}


def _values(version: SurveyVersion, language: str, given: Given) -> dict[str, RawValue]:
    form = AnswerForm(specs_of(version, language), given, whole=False)
    form.is_valid()
    return form.values


def _place(version: SurveyVersion, path: list[Page], number: int, values: Mapping[str, RawValue], accent: str) -> Place:
    asked = [len(askable(version, page)) for page in path]
    rules = follow(version, path[number - 1], path, values, NOTHING, AS_WRITTEN) if follows(version) else ()
    first = sum(asked[: number - 1]) + 1
    shown = Place(path[number - 1], number, first, sum(asked), len(path), accent=accent)
    return replace(shown, branches=bool(rules), rules=rules)


def _accent(request: HttpRequest, version: SurveyVersion) -> str:
    """The style sheet of the journey's colour; `accent` tries another, six digits or none for the usual one."""
    own = version.survey.journey.accent[1:] if version.survey.journey else ""
    accent = request.GET.get("accent", own)
    return f"/s/theme/{accent}.css" if HEX.fullmatch(f"#{accent}") else ""
