"""The logic of a questionnaire: its map, the rules of one question, random order, endings and quotas."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from surveys.designer.access import WORK, of_survey
from surveys.designer.changing import change
from surveys.designer.condition_form import GROUP_WORDS, NAMED, abouts, values
from surveys.designer.drawing import logic_map
from surveys.designer.ends import Ends, ends_of, posted_ends
from surveys.designer.page import Editor
from surveys.designer.rules import Rules, posted_rules, rules_of
from surveys.drafting import edits
from surveys.drafting.blocks import joined, with_blocks
from surveys.drafting.sentences import OPERATORS
from surveys.drafting.texts import in_language, plain, questions_of
from surveys.logic.path import END
from surveys.models import Survey

LOGIC = "design:logic"


@of_survey()
def logic(request: HttpRequest, survey: Survey) -> HttpResponse:
    """The map of the whole, and the rules of one question as a form."""
    return _page(request, Editor(survey, request.GET.get("lang", ""), request.GET.get("q", "")))


def _page(request: HttpRequest, shown: Editor, rules: Rules | None = None, ends: Ends | None = None) -> HttpResponse:
    """The page; `rules` or `ends` hold what was typed and is not stored yet, with what is missing in it."""
    group = request.GET.get("group", "")
    problems = [*(rules.problems if rules else ()), *(ends.problems if ends else ())]
    rules = rules or rules_of(shown.question or {}, group)
    ends = ends or ends_of(shown.document, shown.language, group)
    before, own, facts = (
        list(abouts(shown.document, shown.language, *code, own=answered))
        for code, answered in (((shown.code,), False), ((shown.code,), True), ((), False))
    )
    context = {
        "survey": shown.survey,
        "editor": shown,
        "map": logic_map(shown.document, shown.language),
        "open": problems,
        "show_if": rules.shown_if(dict(before)),
        "jumps": rules.shown_jumps(dict(own)),
        "abouts": {"show": before, "jump": own, "quota": facts},
        "targets": list(_targets(shown)),
        "operators": OPERATORS,
        "words": GROUP_WORDS,
        "named": NAMED,
        "values": values(shown.document, shown.language),
        "endings": ends.shown_endings(),
        "quotas": ends.shown_quotas(dict(facts)),
        "joined": joined(shown.document),
        "title": shown.title,
    }
    return TemplateResponse(request, "surveys/designer/logic.html", context, status=422 if problems else 200)


def _targets(shown: Editor) -> Iterator[tuple[str, str]]:
    """Where a jump may lead: forwards only."""
    seen = False
    for number, row in enumerate(questions_of(shown.document), start=1):
        if seen:
            yield str(row["code"]), f"{number}. {plain(in_language(row.get('text'), shown.language))[:60]}"
        seen = seen or row["code"] == shown.code
    yield END, _("the end")
    for code in shown.document.get("endings") or {}:
        yield f"{END}:{code}", _("the end, with the words “%(code)s”") % {"code": code}


@of_survey(WORK, ("POST",))
def save(request: HttpRequest, survey: Survey, question: str) -> HttpResponse:
    """Store the rules; whether they lead anywhere is told by the check, which stands beside them."""
    rules = posted_rules(request.POST)
    if rules.problems:
        return _page(request, Editor(survey, request.POST.get("lang", ""), question), rules=rules)

    def edit(document: dict[str, Any]) -> dict[str, Any]:
        return edits.changed(document, question, rules.put_in(edits.question(document, question)))

    label = _("logic of “%(code)s” changed") % {"code": question}
    return _with_group(change(request, survey, edit, label, question, to=LOGIC), rules.group, "rules")


@of_survey(WORK, ("POST",))
def save_ends(request: HttpRequest, survey: Survey) -> HttpResponse:
    """Store endings and quotas."""
    shown = Editor(survey, request.POST.get("lang", ""), request.POST.get("q", ""))
    ends = posted_ends(request.POST)
    if ends.problems:
        return _page(request, shown, ends=ends)
    response = change(
        request,
        survey,
        lambda document: ends.put_in(document, shown.language),
        _("endings and quotas changed"),
        to=LOGIC,
    )
    return _with_group(response, ends.group, "ends")


@of_survey(WORK, ("POST",))
def save_blocks(request: HttpRequest, survey: Survey) -> HttpResponse:
    """Store which questions change places with the one before them."""
    joins = set(request.POST.getlist("joined"))
    label = _("random order of questions changed")
    return change(request, survey, lambda document: with_blocks(document, joins), label, to=LOGIC)


def _with_group(response: HttpResponse, group: str, place: str) -> HttpResponse:
    """After saving, back to the form, with the empty group that was asked for."""
    if response.status_code != 302:
        return response
    address = response["Location"]
    told = f"{'&' if '?' in address else '?'}{urlencode({'group': group})}" if group else ""
    return redirect(f"{address}{told}#{place}")
