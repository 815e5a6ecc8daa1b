"""Ask these customers: first who would be asked and why the others not, then the asking itself."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cxsurvey.lib.refusals import Refused
from surveys.actions.ask_list import NO_RUN, UNKNOWN, ListIn, Told, ask_list, preview_list
from surveys.actions.sms_cost import sms_costs
from surveys.admin.timeline import reason_in_words
from surveys.enums import Channel
from surveys.models import Customer
from surveys.queries.lists import surveys_for_lists


def ask_page(request: HttpRequest, chosen: QuerySet[Customer], context: dict[str, Any]) -> HttpResponse | None:
    """The page with the preview; None once they have been asked."""
    surveys = surveys_for_lists()
    first = surveys[0].code if surveys else ""
    name = request.POST.get("list", "") or f"{timezone.now():%Y-%m-%d}"
    rows = list(chosen.values_list("pk", "external_id"))
    asked = ListIn(request.POST.get("survey", first), tuple(each for _pk, each in rows), name=name)
    across = request.POST.get("select_across") == "1"  # the whole list, as its address filters it: told by one row
    context |= {"surveys": surveys, "survey": asked.survey, "list": name, "across": across}
    context |= {"title": _("Ask these customers"), "chosen": [pk for pk, _each in rows[: 1 if across else None]]}
    if surveys:
        try:
            if request.POST.get("step") == "ask":
                _ask(request, asked)
                return None
            context |= _preview(asked)
        except Refused as refused:
            context["problem"] = refused.reason
    return TemplateResponse(request, "admin/surveys/ask_list.html", context)


def _ask(request: HttpRequest, asked: ListIn) -> None:
    told = ask_list(asked, timezone.now())
    planned = sum(each.outcome == "planned" for each in told)
    words = ngettext("%(n)s customer will be asked.", "%(n)s customers will be asked.", planned) % {"n": planned}
    messages.success(request, words)


def _preview(asked: ListIn) -> dict[str, Any]:
    told = preview_list(asked, timezone.now())
    counts = Counter(_words(each) for each in told)
    planned = sum(each.outcome == "planned" for each in told)
    texts = Counter(each.language for each in told if each.outcome == "planned" and each.channel == Channel.SMS)
    costs = sms_costs(asked.survey, texts) if texts else []
    total = {"costs": costs, "segments": sum(each.total for each in costs)}
    return {"counts": counts.most_common(), "asked": planned, "total": len(told), **total}


def _words(told: Told) -> str:
    if told.outcome == NO_RUN:
        return _("has no run of this journey")
    if told.outcome == "delayed":
        return _("asked later, when a limit is free again")
    return _("is not known") if told.outcome == UNKNOWN else reason_in_words(told.outcome)
