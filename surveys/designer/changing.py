"""What every change of a draft has in common: the draft, the revision worked on, and what is told when two collide."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, cast

from django.contrib import messages
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from surveys.actions.drafts import save_draft, start_draft
from surveys.designer.telling import told_place
from surveys.drafting.edits import NoSuchQuestion
from surveys.drafting.merge import Conflict
from surveys.models import Survey, SurveyVersion

Edit = Callable[[dict[str, Any]], dict[str, Any]]
EDITOR: Final = "design:editor"
STANDS_ON: Final = {name: name for name in ("editor", "words", "languages", "logic", "publish")} | dict.fromkeys(
    ("logic-save", "ends", "blocks"), "logic"
)  # an address of the designer: the page that it shows


@dataclass(frozen=True, slots=True)
class Worked:
    """The draft, and the state of it that the person was looking at."""

    draft: SurveyVersion
    base: int
    document: dict[str, Any]


def worked_on(request: HttpRequest, survey: Survey) -> Worked:
    """The draft (begun now where there is none) as the person saw it. ValidationError where that state is gone."""
    draft = start_draft(survey, person(request))
    told = request.POST.get("base", "")
    base = int(told) if told.isdigit() and int(told) else draft.revision
    if base == draft.revision:
        return Worked(draft, base, draft.document)
    seen = draft.edits.filter(revision=base).first()
    if seen is None:
        raise ValidationError(_("The state that you worked on is not kept any more: load the page again."))
    return Worked(draft, base, seen.document)


def person(request: HttpRequest) -> AbstractBaseUser:
    """Who is logged in; the guards of the views leave nobody else."""
    return cast("AbstractBaseUser", request.user)


def change(
    request: HttpRequest, survey: Survey, edit: Edit, label: str, code: str = "", to: str = EDITOR
) -> HttpResponse:
    """Apply the edit to what the person saw, store it, and go back to the editor; a clash is shown with both sides."""
    try:
        worked = worked_on(request, survey)
        mine = edit(worked.document)
        saved = save_draft(worked.draft.pk, worked.base, mine, person(request), label)
    except NoSuchQuestion:
        messages.error(request, _("Somebody else has removed this question meanwhile."))
        return back(request, survey)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return back(request, survey, code)
    if saved.conflicts:
        return clash(request, survey, mine, saved.version, saved.conflicts)
    return back(request, survey, code, to)


def clash(
    request: HttpRequest,
    survey: Survey,
    mine: dict[str, Any],
    theirs: SurveyVersion,
    conflicts: tuple[Conflict, ...],
) -> HttpResponse:
    """Both versions side by side; the person's own is in the form and can be kept with one press."""
    context = {
        "survey": survey,
        "conflicts": [_told(each, theirs.document) for each in conflicts],
        "mine": json.dumps(mine),
        "base": theirs.revision,
        "by": theirs.edits.select_related("by").first(),
        "title": _("Two people changed the same words"),
    }
    return TemplateResponse(request, "surveys/designer/conflict.html", context, status=409)


def _told(conflict: Conflict, document: dict[str, Any]) -> dict[str, str]:
    *place, last = conflict.place
    in_language = last in (document.get("languages") or ())
    told = told_place(document, ".".join(place if in_language else conflict.place))
    return {
        "place": f"{told} ({last})" if in_language else told,
        "base": _words(conflict.base),
        "mine": _words(conflict.mine),
        "theirs": _words(conflict.theirs),
    }


def _words(value: Any) -> str:
    if value is None:
        return _("(removed)")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)


def back(request: HttpRequest, survey: Survey, code: str = "", to: str = EDITOR) -> HttpResponse:
    """To the page that is named, else to the one that the form says it stands on, at the same question and language."""
    if to == EDITOR:
        to = f"design:{STANDS_ON.get(request.POST.get('to', ''), 'editor')}"
    query = {"q": code or request.POST.get("q", ""), "lang": request.POST.get("lang", "")}
    address = reverse(to, args=[survey.code])
    place = urlencode({key: value for key, value in query.items() if value})
    return redirect(f"{address}?{place}" if place else address)
