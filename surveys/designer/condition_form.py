"""A condition as fields of a form, groups within groups, without script: shown, read back, and what is left open told.

A group is NAME-word with its parts NAME-0, NAME-1 …; a comparison is NAME-about, NAME-named (of an attribute), NAME-op
and NAME-value. Every group ends with an empty comparison. A button named `act` removes a part or asks for a group.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from surveys.drafting.sentences import OPERATORS
from surveys.drafting.texts import in_language, plain, questions_of
from surveys.logic.conditions import MAX_DEPTH, WITHOUT_VALUE
from surveys.logic.document import code_of, keys_of
from surveys.logic.tree import ALL, ANY, WORDS, Group, Row

GROUP_WORDS: Final = {
    "all": _l("all of these"),
    "any": _l("any of these"),
    "none": _l("none of these"),
    "not_all": _l("not all of these"),
}
KNOWN: Final = {
    "customer.segment": _l("the customer's segment"),
    "customer.language": _l("the customer's language"),
    "customer.attr.": _l("an attribute of the customer"),
    "interaction.channel": _l("the channel of the contact"),
    "interaction.team": _l("the team of the contact"),
    "interaction.agent": _l("the agent of the contact"),
    "interaction.reason": _l("the reason of the contact"),
    "interaction.initiator": _l("who began the contact"),
    "interaction.resolved": _l("whether the contact solved it"),
    "interaction.date": _l("the day of the contact"),
    "interaction.attr.": _l("an attribute of the contact"),
    "run.outcome": _l("how the journey ended"),
    "run.attr.": _l("an attribute of the journey's run"),
    "hidden.": _l("a value that comes with the link"),
}
NAMED: Final = tuple(each for each in KNOWN if each.endswith("."))  # they want a name of their own
MOST_PARTS: Final = 40
REMOVE, MORE = "remove", "group"


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A comparison with the names of its fields. strange: what it looks at where the choices do not have it."""

    name: str
    about: str
    named: str
    op: str
    value: str
    strange: str = ""


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """A group with the names of its fields; the last of its parts is an empty comparison."""

    name: str
    word: str
    parts: "list[ShownRow | ShownGroup]" = field(default_factory=list)
    filled: bool = False
    depth: int = 0

    @property
    def may_grow(self) -> bool:
        """Whether a group can be put inside."""
        return self.filled and self.depth < MAX_DEPTH // 2


def shown(tree: Group, name: str, known: Collection[str], fresh: str = "", depth: int = 0) -> ShownGroup:
    """The tree as fields; `fresh` names the group that gets an empty group more."""
    parts: list[ShownRow | ShownGroup] = []
    for index, part in enumerate(tree.parts):
        inner = f"{name}-{index}"
        if isinstance(part, Group):
            parts.append(shown(part, inner, known, fresh, depth + 1))
        else:
            parts.append(_shown_row(part, inner, known))
    if name == fresh:
        other = ANY if tree.word == ALL else ALL
        parts.append(ShownGroup(f"{name}-{len(parts)}", other, [_blank(f"{name}-{len(parts)}-{n}") for n in range(2)]))
    return ShownGroup(name, tree.word, [*parts, _blank(f"{name}-{len(parts)}")], bool(tree.parts), depth)


def _blank(name: str) -> ShownRow:
    return ShownRow(name, "", "", "eq", "")


def _shown_row(row: Row, name: str, known: Collection[str]) -> ShownRow:
    head = next((each for each in NAMED if row.about.startswith(each)), "")
    about, named = (head, row.about.removeprefix(head)) if head else (row.about, "")
    return ShownRow(name, about, named, row.op, row.value, "" if about in known or not about else about)


@dataclass(frozen=True, slots=True)
class Posted:
    """What a form said: the tree, what is left open in it, and the new name of each group that was kept."""

    tree: Group
    problems: tuple[str, ...]
    names: dict[str, str]


def posted_tree(posted: QueryDict, name: str) -> Posted:
    """The tree under this name, without blank comparisons and empty groups, nor the part that `act` removes."""
    act, _colon, target = posted.get("act", "").partition(":")
    names: dict[str, str] = {}
    gone = target if act == REMOVE else ""
    tree = Group() if gone == name else _group(posted, (name, name), gone, names, 0)
    problems = dict.fromkeys(problem for row in tree.rows() if (problem := _open(row)))
    return Posted(tree, tuple(problems), names)


def wanted_group(posted: QueryDict, *read: Posted) -> str:
    """The name, as it is after saving, of the group that is to get a group inside; "" where none is wanted."""
    act, _colon, target = posted.get("act", "").partition(":")
    return next((each.names[target] for each in read if target in each.names), "") if act == MORE else ""


def _group(posted: QueryDict, name: tuple[str, str], gone: str, names: dict[str, str], depth: int) -> Group:
    """`name`: the name of the group as it was posted, and as it will be shown."""
    old, new = name
    names[old] = new
    word = posted.get(f"{old}-word", ALL)
    parts: list[Row | Group] = []
    for index in range(MOST_PARTS):
        inner = f"{old}-{index}"
        if f"{inner}-word" in posted and depth < MAX_DEPTH:
            group = _group(posted, (inner, f"{new}-{len(parts)}"), gone, names, depth + 1)
            parts += [group] if group.parts and inner != gone else []
        elif f"{inner}-about" in posted:
            row = _row(posted, inner)
            parts += [] if row.is_blank or inner == gone else [row]
        else:
            break
    return Group(word if word in WORDS else ALL, tuple(parts))


def _row(posted: QueryDict, name: str) -> Row:
    about, named, op, value = (posted.get(f"{name}-{part}", "").strip() for part in ("about", "named", "op", "value"))
    op = op if op in OPERATORS else "eq"
    return Row(f"{about}{named}" if about in NAMED else about, op, "" if op in WITHOUT_VALUE else value)


def _open(row: Row) -> str:
    """What is missing in a comparison; blank where nothing is."""
    if not row.about:
        return _("Choose what “%(value)s” is compared with.") % {"value": row.value}
    if row.about in NAMED:
        return _("Give the name of %(what)s.") % {"what": KNOWN[row.about]}
    if not row.value and row.op not in WITHOUT_VALUE:
        return _("Say what “%(about)s” is compared with: its value is empty.") % {"about": row.about}
    return ""


def abouts(document: Any, language: str, before: str = "", *, own: bool = False) -> Iterator[tuple[str, str]]:
    """What a condition may look at: answers (before that question; with `own`, its own too) and what is known."""
    for number, row in enumerate(questions_of(document), start=1):
        if row["code"] == before and not own:
            break
        words = plain(in_language(row.get("text"), language)) or code_of(row)
        for key in keys_of(row):
            item = key.partition(".")[2]
            yield key, f"{number}. {words[:60]} ({item})" if item else f"{number}. {words[:60]}"
        if row["code"] == before:
            break
    yield from ((about, str(words)) for about, words in KNOWN.items())


def values(document: Any, language: str) -> Sequence[tuple[str, str]]:
    """Codes of choices, offered while typing a value."""
    return [
        (str(choice["code"]), f"{in_language(choice.get('text'), language)} ({row['code']})")
        for row in questions_of(document)
        for choice in row.get("choices") or ()
    ]
