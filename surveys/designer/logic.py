"""The logic of one question: when it is shown, and where its answers lead."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from surveys.designer.access import WORK, of_survey
from surveys.designer.changing import change
from surveys.designer.drawing import logic_map
from surveys.designer.ends import ending_rows, quota_rows
from surveys.designer.page import Editor
from surveys.drafting import edits
from surveys.drafting.condition_rows import BARE, Row, condition_of, groups_of
from surveys.drafting.texts import in_language, plain, questions_of
from surveys.logic.document import code_of, keys_of
from surveys.models import Survey

OPERATORS: Final = {
    "eq": _l("is"),
    "ne": _l("is not"),
    "in": _l("is one of"),
    "not_in": _l("is none of"),
    "ge": _l("is at least"),
    "le": _l("is at most"),
    "contains": _l("contains"),
    "answered": _l("was answered"),
    "not_answered": _l("was not answered"),
}
MOST_GROUPS, MOST_ROWS, MOST_JUMPS = 6, 8, 10
END: Final = "end"
Choices = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class FormRow:
    """One comparison with the names of its fields."""

    name: str
    row: Row


@dataclass(frozen=True, slots=True)
class Jump:
    """One jump: if the answer … go to. row.about is the question itself; a jump without op is always taken."""

    name: str
    row: Row
    go_to: str


@of_survey()
def logic(request: HttpRequest, survey: Survey) -> HttpResponse:
    """The map of the whole, and the rules of one question as a form."""
    shown = Editor(survey, request.GET.get("lang", ""), request.GET.get("q", ""))
    question = shown.question or {}
    context = {
        "survey": survey,
        "editor": shown,
        "map": logic_map(shown.document, shown.language),
        "groups": _shown_groups(question),
        "jumps": _shown_jumps(question),
        "abouts": list(_abouts(shown, question)),
        "targets": list(_targets(shown)),
        "operators": OPERATORS,
        "values": list(_values(shown)),
        "quotas": quota_rows(shown),
        "endings": ending_rows(shown),
        "facts": list(_abouts(shown, {})),
        "title": survey.name or survey.code,
    }
    return TemplateResponse(request, "surveys/designer/logic.html", context)


def _shown_groups(question: Mapping[str, Any]) -> list[list[FormRow]] | None:
    """Every group with an empty row more, and an empty group more; None where a form cannot show the condition."""
    found = groups_of(question.get("show_if"))
    if found is None:
        return None
    groups = [*found, []][:MOST_GROUPS]
    return [
        [FormRow(f"g{g}-r{r}", row) for r, row in enumerate([*group, Row("", "eq")][:MOST_ROWS])]
        for g, group in enumerate(groups)
    ]


def _shown_jumps(question: Mapping[str, Any]) -> list[Jump] | None:
    """The jumps on the question's own answer, with an empty one; None where there are others."""
    found: list[Jump] = []
    for index, jump in enumerate(question.get("then") or ()):
        groups = groups_of(jump.get("if"))
        alone = groups is not None and len(groups) <= 1 and all(len(group) == 1 for group in groups)
        if groups is None or not alone or (groups and groups[0][0].about != question.get("code")):
            return None
        row = groups[0][0] if groups else Row(str(question.get("code")), "")
        found.append(Jump(f"j{index}", row, str(jump.get("go_to", END))))
    empty = Jump(f"j{len(found)}", Row(str(question.get("code")), "eq"), "")
    return [*found, empty][:MOST_JUMPS]


def _abouts(shown: Editor, question: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What a condition of this question may look at: the answers before it, and what is known of the customer."""
    for row in questions_of(shown.document):
        if row["code"] == question.get("code"):
            break
        words = plain(in_language(row.get("text"), shown.language)) or code_of(row)
        for key in keys_of(row):
            item = key.partition(".")[2]
            yield key, f"{words[:60]} ({item})" if item else words[:60]
    yield "customer.segment", _("the customer's segment")
    yield "customer.language", _("the customer's language")
    yield "interaction.channel", _("the channel of the contact")
    yield "interaction.team", _("the team of the contact")
    yield "interaction.reason", _("the reason of the contact")


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


def _values(shown: Editor) -> Iterator[tuple[str, str]]:
    """Codes of choices, offered while typing a value."""
    for row in questions_of(shown.document):
        for choice in row.get("choices") or ():
            yield str(choice["code"]), f"{in_language(choice.get('text'), shown.language)} ({row['code']})"


@of_survey(WORK, ("POST",))
def save(request: HttpRequest, survey: Survey, question: str) -> HttpResponse:
    """Store the rules; whether they lead anywhere is told by the check, which stands beside them."""

    def edit(document: dict[str, Any]) -> dict[str, Any]:
        row = dict(edits.question(document, question))
        if "groups" in request.POST:
            row["show_if"] = condition_of(list(_posted_groups(request.POST)))
        if "jumps" in request.POST:
            row["then"] = list(_posted_jumps(request.POST, question))
        return edits.changed(document, question, row)

    label = _("logic of “%(code)s” changed") % {"code": question}
    return change(request, survey, edit, label, question, to="design:logic")


def _posted_groups(posted: QueryDict) -> Iterator[list[Row]]:
    for g in range(MOST_GROUPS):
        rows = [_posted_row(posted, f"g{g}-r{r}") for r in range(MOST_ROWS)]
        yield [row for row in rows if row is not None]


def _posted_row(posted: QueryDict, name: str) -> Row | None:
    """A row that names something, an operator that there is, and a value where it takes one."""
    about, op, value = (posted.get(f"{name}-{part}", "").strip() for part in ("about", "op", "value"))
    if not about or op not in OPERATORS or (not value and op not in BARE):
        return None
    return Row(about, op, "" if op in BARE else value)


def _posted_jumps(posted: QueryDict, question: str) -> Iterator[dict[str, Any]]:
    for index in range(MOST_JUMPS):
        go_to = posted.get(f"j{index}-go_to", "")
        op, value = posted.get(f"j{index}-op", ""), posted.get(f"j{index}-value", "").strip()
        if not go_to:
            continue
        if not op:
            yield {"go_to": go_to}
        elif op in OPERATORS and (value or op in BARE):
            yield {"if": condition_of([[Row(question, op, "" if op in BARE else value)]]), "go_to": go_to}
