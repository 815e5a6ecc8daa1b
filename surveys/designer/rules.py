"""The rules of one question as a form: when it is shown, and where its answers lead."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from surveys.designer.condition_form import Posted, ShownGroup, posted_tree, shown, wanted_group
from surveys.logic.tree import Group, condition_of, tree_of

SHOW: Final = "c"
MOST_JUMPS: Final = 30
Jumps = tuple[tuple[str, Group], ...]


@dataclass(frozen=True, slots=True)
class ShownJump:
    """A jump with the names of its fields; the last one is empty."""

    name: str
    go_to: str
    condition: ShownGroup


@dataclass(frozen=True, slots=True)
class Rules:
    """show_if and the jumps in order; None for what a form cannot show, which stays as it is."""

    show_if: Group | None
    jumps: Jumps | None
    problems: tuple[str, ...] = ()
    group: str = ""

    def put_in(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """The question with these rules."""
        row = dict(question)
        if self.show_if is not None:
            row["show_if"] = condition_of(self.show_if)
        if self.jumps is not None:
            row["then"] = [_jump(go_to, tree) for go_to, tree in self.jumps]
        return row

    def shown_if(self, known: Collection[str]) -> ShownGroup | None:
        return None if self.show_if is None else shown(self.show_if, SHOW, known, self.group)

    def shown_jumps(self, known: Collection[str]) -> list[ShownJump] | None:
        if self.jumps is None:
            return None
        jumps = [*self.jumps, ("", Group())][:MOST_JUMPS]
        return [
            ShownJump(f"j{n}", go_to, shown(tree, f"j{n}", known, self.group)) for n, (go_to, tree) in enumerate(jumps)
        ]


def rules_of(question: Mapping[str, Any], group: str = "") -> Rules:
    """As they are stored; `group` names the group that gets an empty one more."""
    jumps = [(str(each.get("go_to", "")), tree_of(each.get("if"))) for each in question.get("then") or ()]
    known = tuple((go_to, tree) for go_to, tree in jumps if tree is not None)
    return Rules(tree_of(question.get("show_if")), known if len(known) == len(jumps) else None, group=group)


def posted_rules(posted: QueryDict) -> Rules:
    """As the form says; problems name what is left open."""
    show_if = posted_tree(posted, SHOW) if f"{SHOW}-word" in posted else None
    read = [(posted.get(f"j{n}-go_to", ""), posted_tree(posted, f"j{n}")) for n in range(MOST_JUMPS)]
    kept = [(go_to, each) for go_to, each in read if go_to or each.tree.parts]
    if posted.get("act", "").startswith("remove:j"):
        kept = [(go_to, each) for go_to, each in kept if each.names]  # the jump that was removed has none
    problems = list(show_if.problems) if show_if else []
    problems += [problem for _go_to, each in kept for problem in each.problems]
    problems += [_("Say where a jump leads to.") for go_to, _each in kept if not go_to][:1]
    jumps = tuple((go_to, each.tree) for go_to, each in kept) if "jumps" in posted else None
    return Rules(show_if.tree if show_if else None, jumps, tuple(problems), _wanted(posted, show_if, kept))


def _wanted(posted: QueryDict, show_if: Posted | None, kept: list[tuple[str, Posted]]) -> str:
    """Which group gets one more, by its name after saving: jumps that are gone have moved the others up."""
    found = wanted_group(posted, *([show_if] if show_if else []), *(each for _go_to, each in kept))
    for number, (_go_to, each) in enumerate(kept):
        old = next(iter(each.names), "")
        if found and (found == old or found.startswith(f"{old}-")):
            return f"j{number}{found.removeprefix(old)}"
    return found


def _jump(go_to: str, tree: Group) -> dict[str, Any]:
    condition = condition_of(tree)
    return ({"if": condition} if condition else {}) | {"go_to": go_to}
