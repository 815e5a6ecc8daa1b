"""How a questionnaire ends: messages that jumps lead to, and quotas that end it when enough have answered."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from surveys.designer.access import WORK, of_survey
from surveys.designer.changing import change
from surveys.designer.page import Editor
from surveys.drafting.condition_rows import BARE, Row, condition_of, groups_of
from surveys.drafting.edits import code_from
from surveys.drafting.texts import own_words, put_words
from surveys.models import Survey

MOST: Final = 12
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class QuotaRow:
    """One quota as the form shows it; row is None where its condition is more than one comparison."""

    name: str
    code: str
    limit: str
    row: Row | None
    action: str
    message: str


def quota_rows(shown: Editor) -> list[QuotaRow]:
    """The quotas, and an empty one."""
    found = [
        QuotaRow(
            f"k{index}",
            str(each.get("code", "")),
            str(each.get("limit", "")),
            _single(each.get("if")),
            str(each.get("action") or "end"),
            own_words(each.get("message"), shown.language),
        )
        for index, each in enumerate(shown.document.get("quotas") or ())
    ]
    return [*found, QuotaRow(f"k{len(found)}", "", "", Row("", "eq"), "end", "")][:MOST]


def ending_rows(shown: Editor) -> list[tuple[str, str, str]]:
    """(field, code, words) of each ending, and an empty one."""
    told = [(code, own_words(words, shown.language)) for code, words in (shown.document.get("endings") or {}).items()]
    return [(f"e{index}", code, words) for index, (code, words) in enumerate([*told, ("", "")])][:MOST]


def _single(condition: Mapping[str, Any] | None) -> Row | None:
    groups = groups_of(condition)
    if groups == []:
        return Row("", "eq")
    return groups[0][0] if groups and len(groups) == 1 and len(groups[0]) == 1 else None


@of_survey(WORK, ("POST",))
def save(request: HttpRequest, survey: Survey) -> HttpResponse:
    """Store endings and quotas; a row without a code or a limit is no row."""
    language = request.POST.get("lang", "")

    def edit(document: Document) -> Document:
        made = {key: value for key, value in document.items() if key not in ("quotas", "endings")}
        words = language if language in (document.get("languages") or []) else (document.get("languages") or ["en"])[0]
        endings = dict(_endings(request.POST, document, words))
        quotas = list(_quotas(request.POST, document, words))
        return made | ({"endings": endings} if endings else {}) | ({"quotas": quotas} if quotas else {})

    return change(request, survey, edit, _("endings and quotas changed"), to="design:logic")


def _endings(posted: QueryDict, document: Document, language: str) -> Iterator[tuple[str, dict[str, str]]]:
    old = document.get("endings") or {}
    for index in range(MOST):
        code, words = (posted.get(f"e{index}-{part}", "").strip() for part in ("code", "words"))
        code = code or code_from(words)
        if code:
            yield code, put_words(old.get(code), language, words)


def _quotas(posted: QueryDict, document: Document, language: str) -> Iterator[Document]:
    old = {str(each.get("code")): each for each in document.get("quotas") or ()}
    for index in range(MOST):
        told = {part: posted.get(f"k{index}-{part}", "").strip() for part in ("code", "limit", "about", "op", "value")}
        if not told["code"] or not told["limit"].isdigit():
            continue
        before = old.get(told["code"], {})
        made = {"code": told["code"], "limit": int(told["limit"]), "action": posted.get(f"k{index}-action", "end")}
        made["message"] = put_words(before.get("message"), language, posted.get(f"k{index}-message", "").strip())
        yield made | _condition(told, before)


def _condition(told: Mapping[str, str], before: Mapping[str, Any]) -> Document:
    """The comparison of the form; a condition that the form cannot show stays as it was."""
    if _single(before.get("if")) is None:
        return {"if": before["if"]}
    if not told["about"] or (not told["value"] and told["op"] not in BARE):
        return {}
    return {"if": condition_of([[Row(told["about"], told["op"], told["value"])]])}
