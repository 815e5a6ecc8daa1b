"""Undo, redo, give a draft up, and settle a clash."""

import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from surveys.actions import drafts
from surveys.designer.access import WORK, of_survey
from surveys.designer.changing import back, change, person
from surveys.models import Survey
from surveys.queries.designer import draft_of


@of_survey(WORK, ("POST",))
def undo(request: HttpRequest, survey: Survey) -> HttpResponse:
    """The state before the last change."""
    return _step(request, survey, drafts.undo)


@of_survey(WORK, ("POST",))
def redo(request: HttpRequest, survey: Survey) -> HttpResponse:
    """Forward again."""
    return _step(request, survey, drafts.redo)


def _step(request: HttpRequest, survey: Survey, verb: Any) -> HttpResponse:
    draft = draft_of(survey)
    try:
        if draft is not None:
            verb(draft.pk, person(request))
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return back(request, survey)


@of_survey(WORK, ("POST",))
def keep_mine(request: HttpRequest, survey: Survey) -> HttpResponse:
    """After a clash: the person's whole version, on top of what the other did; that one stays in the history."""
    try:
        mine = json.loads(request.POST.get("document", ""))
    except ValueError:
        mine = None
    if not isinstance(mine, dict):
        messages.error(request, _("Your version did not arrive whole: copy your words from the page before."))
        return back(request, survey)
    return change(request, survey, lambda _document: mine, _("own version kept after a clash"))


@of_survey(WORK, ("GET", "POST"))
def drop(request: HttpRequest, survey: Survey) -> HttpResponse:
    """Give the draft up, after a question: this cannot be undone."""
    draft = draft_of(survey)
    if request.method == "POST" and draft is not None:
        drafts.drop_draft(draft.pk)
        messages.success(request, _("The draft is gone; what is published stays."))
        return redirect("design:index")
    context = {"survey": survey, "draft": draft, "title": _("Give the draft up?")}
    return TemplateResponse(request, "surveys/designer/drop.html", context)


@of_survey()
def history(request: HttpRequest, survey: Survey) -> HttpResponse:
    """Who did what to the draft, newest first."""
    draft = draft_of(survey)
    edits = draft.edits.select_related("by").defer("document")[:100] if draft else []
    context = {"survey": survey, "edits": edits, "title": _("What was done")}
    return TemplateResponse(request, "surveys/designer/history.html", context)
