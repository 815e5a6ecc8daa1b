"""Who may look at questionnaires, work on them, and put them before customers."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.admin.views.decorators import staff_member_required
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from surveys.models import Survey
from surveys.queries.designer import survey_by_code

View = Callable[..., HttpResponseBase]
LOOK, WORK, PUBLISH = "surveys.view_survey", "surveys.change_surveyversion", "surveys.change_survey"


def page(permission: str = LOOK, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """A page of the designer: staff with this permission; other methods are refused."""

    def decorate(view: View) -> View:
        guarded = staff_member_required(permission_required(permission, raise_exception=True)(view))
        return require_http_methods([*methods, *(["HEAD"] if "GET" in methods else [])])(guarded)

    return decorate


def of_survey(permission: str = LOOK, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """The same for a page of one survey: the view gets the Survey instead of its code."""

    def decorate(view: View) -> View:
        @page(permission, methods)
        @wraps(view)
        def found(request: HttpRequest, code: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return view(request, survey_or_404(code), *args, **kwargs)

        return found

    return decorate


def survey_or_404(code: str) -> Survey:
    survey = survey_by_code(code)
    if survey is None:
        raise Http404(_("There is no survey with this code."))
    return survey
