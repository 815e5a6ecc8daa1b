"""How a questionnaire ends, as a form: messages that jumps lead to, and quotas that are full after enough answers."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from surveys.designer.condition_form import Posted, ShownGroup, posted_tree, shown, wanted_group
from surveys.drafting.edits import code_from
from surveys.drafting.texts import own_words, put_words
from surveys.logic.tree import Group, condition_of, tree_of
from surveys.programme.nodes import CODE

MOST: Final = 50
NOBODY_LEFT_OUT: Final = Group()
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Quota:
    """One quota as it was typed; tree is None where a form cannot show its condition, which stays as it is."""

    code: str = ""
    limit: str = ""
    tree: Group | None = NOBODY_LEFT_OUT
    action: str = "end"
    message: str = ""


@dataclass(frozen=True, slots=True)
class ShownQuota:
    """A quota with the names of its fields."""

    name: str
    quota: Quota
    condition: ShownGroup | None


@dataclass(frozen=True, slots=True)
class Ends:
    """Endings (code, words in one language) and quotas; problems name what is left open."""

    endings: tuple[tuple[str, str], ...]
    quotas: tuple[Quota, ...]
    problems: tuple[str, ...] = ()
    group: str = ""

    def put_in(self, document: Document, language: str) -> dict[str, Any]:
        """The document with these; words of other languages stay."""
        made = {key: value for key, value in document.items() if key not in ("quotas", "endings")}
        old = document.get("endings") or {}
        endings = {code: put_words(old.get(code), language, words) for code, words in self.endings}
        before = {str(each.get("code")): each for each in document.get("quotas") or ()}
        quotas = [_told(each, before.get(each.code, {}), language) for each in self.quotas]
        return made | ({"endings": endings} if endings else {}) | ({"quotas": quotas} if quotas else {})

    def shown_endings(self) -> list[tuple[str, str, str]]:
        """(name of the fields, code, words), an empty one last."""
        return [(f"e{n}", code, words) for n, (code, words) in enumerate([*self.endings, ("", "")][:MOST])]

    def shown_quotas(self, known: Collection[str]) -> list[ShownQuota]:
        """An empty one last."""
        return [
            ShownQuota(f"k{n}", each, None if each.tree is None else shown(each.tree, f"k{n}", known, self.group))
            for n, each in enumerate([*self.quotas, Quota()][:MOST])
        ]


def ends_of(document: Document, language: str, group: str = "") -> Ends:
    """As they are stored."""
    endings = tuple((code, own_words(words, language)) for code, words in (document.get("endings") or {}).items())
    quotas = tuple(
        Quota(
            str(each.get("code", "")),
            str(each.get("limit", "")),
            tree_of(each.get("if")),
            str(each.get("action") or "end"),
            own_words(each.get("message"), language),
        )
        for each in document.get("quotas") or ()
    )
    return Ends(endings, quotas, group=group)


def posted_ends(posted: QueryDict) -> Ends:
    """As the form says."""
    endings = tuple(_endings(posted))
    read = [(f"k{n}", posted_tree(posted, f"k{n}")) for n in range(MOST) if f"k{n}-code" in posted]
    kept = [(name, each) for name, each in read if each.names and not _is_blank(posted, name, each)]
    quotas = tuple(_quota(posted, name, each) for name, each in kept)
    problems = [*_ending_problems(endings), *(p for _name, each in kept for p in each.problems)]
    problems += [problem for quota in quotas for problem in _quota_problems(quota)]
    return Ends(endings, quotas, tuple(dict.fromkeys(problems)), _wanted(posted, kept))


def _endings(posted: QueryDict) -> Iterator[tuple[str, str]]:
    for n in range(MOST):
        code, words = (posted.get(f"e{n}-{part}", "").strip() for part in ("code", "words"))
        if code or words:
            yield code or code_from(words), words


def _ending_problems(endings: tuple[tuple[str, str], ...]) -> Iterator[str]:
    codes = [code for code, _words in endings]
    for code in dict.fromkeys(codes):
        if not CODE.fullmatch(code):
            yield _("An ending needs a code of letters, digits and hyphens: “%(code)s” is none.") % {"code": code}
        elif codes.count(code) > 1:
            yield _("Two endings have the code “%(code)s”.") % {"code": code}


def _is_blank(posted: QueryDict, name: str, read: Posted) -> bool:
    told = [posted.get(f"{name}-{part}", "").strip() for part in ("code", "limit", "message")]
    return not any(told) and not read.tree.parts


def _quota(posted: QueryDict, name: str, read: Posted) -> Quota:
    told = {part: posted.get(f"{name}-{part}", "").strip() for part in ("code", "limit", "action", "message")}
    tree = read.tree if f"{name}-word" in posted else None
    return Quota(told["code"], told["limit"], tree, told["action"] or "end", told["message"])


def _quota_problems(quota: Quota) -> Iterator[str]:
    if not CODE.fullmatch(quota.code):
        yield _("A quota needs a code of letters, digits and hyphens: “%(code)s” is none.") % {"code": quota.code}
    if not quota.limit.isdecimal() or not int(quota.limit):
        text = _("Say after how many answers the quota “%(code)s” is full: a whole number from 1.")
        yield text % {"code": quota.code}


def _wanted(posted: QueryDict, kept: list[tuple[str, Posted]]) -> str:
    """Which group gets one more, by its name after saving."""
    found = wanted_group(posted, *(each for _name, each in kept))
    for number, (name, _each) in enumerate(kept):
        if found == name or found.startswith(f"{name}-"):
            return f"k{number}{found.removeprefix(name)}"
    return ""


def _told(quota: Quota, before: Mapping[str, Any], language: str) -> dict[str, Any]:
    made: dict[str, Any] = {"code": quota.code, "limit": int(quota.limit), "action": quota.action}
    made["message"] = put_words(before.get("message"), language, quota.message)
    condition = before.get("if") if quota.tree is None else condition_of(quota.tree)
    return made | ({"if": condition} if condition else {})
