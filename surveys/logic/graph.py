"""What is wrong with the logic of a document: loops, dead ends, what cannot be read, each named with its place."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from surveys.logic.conditions import Condition, leaves, subject
from surveys.logic.document import Document, code_of, owners, questions
from surveys.logic.path import END
from surveys.logic.quotas import ACTIONS
from surveys.logic.reach import impossible
from surveys.logic.shapes import fit_problems, shape_problems
from surveys.logic.spots import Path, Problem, Spot, spots


def problems(document: Document) -> list[Problem]:
    """Every problem of show-if, jumps, ends, random blocks and quotas; empty when the document can be followed."""
    found = [*_shapes(document), *_blocks(document), *_jumps(document), *_quotas(document)]
    if not found:
        found = list(impossible(document))
    return found


def _shapes(document: Document) -> Iterator[Problem]:
    asked, places = questions(document), owners(document)
    reach = _positions(document)
    for spot in spots(document):
        wrong = shape_problems(spot.condition)
        if not wrong:
            for leaf in leaves(spot.condition):
                wrong += _reference(leaf, spot, asked, places, reach)
        for text in dict.fromkeys(wrong):
            yield Problem(spot.path, text)


def _reference(
    leaf: Condition, spot: Spot, asked: Any, places: Mapping[str, int], reach: list[tuple[int, int]]
) -> list[str]:
    """What is wrong with what one comparison looks at."""
    source, name = subject(leaf)
    if source != "question":
        return fit_problems(leaf, None)
    if name not in places:
        return [_('The condition looks at "%s", which is no question of the survey.') % name]
    place = places[name]
    own = spot.path[1] if spot.path[0] == "questions" else None
    if spot.path[-1] == "show_if" and _waits(asked, places, place, int(own or 0)):
        names = {"code": name, "own": code_of(asked[int(own or 0)])}
        if place == own:
            return [_('"%(own)s" waits for its own answer: it can never show.') % names]
        return [_('A loop: "%(own)s" waits for "%(code)s", which waits for "%(own)s".') % names]
    if spot.before < len(asked) and reach[place][1] >= _earliest(spot, reach):
        return [_('The condition looks at "%s", which is asked later: move it before this question.') % name]
    return fit_problems(leaf, asked[place])


def _earliest(spot: Spot, reach: list[tuple[int, int]]) -> int:
    """The first moment at which the condition may be evaluated; a jump comes after its own question."""
    place = int(spot.path[1])
    return reach[place][0] + (spot.before - place)


def _waits(asked: Any, places: Mapping[str, int], start: int, goal: int) -> bool:
    """Whether the question at start waits, however indirectly, for the one at goal."""
    seen: set[int] = set()
    waiting = [start]
    while waiting:
        place = waiting.pop()
        if place == goal:
            return True
        if place in seen:
            continue
        seen.add(place)
        names = [subject(leaf) for leaf in leaves(asked[place].get("show_if"))]
        waiting += [places[name] for source, name in names if source == "question" and name in places]
    return False


def _positions(document: Document) -> list[tuple[int, int]]:
    """The earliest and the latest place at which each question may stand, random blocks considered."""
    codes = [code_of(question) for question in questions(document)]
    found = [(place, place) for place in range(len(codes))]
    for block in document.get("random_blocks") or ():
        places = [place for place, code in enumerate(codes) if isinstance(block, list) and code in block]
        for place in places:
            found[place] = (min(places), max(places))
    return found


def _blocks(document: Document) -> Iterator[Problem]:
    codes = [code_of(question) for question in questions(document)]
    seen: set[str] = set()
    for number, block in enumerate(document.get("random_blocks") or ()):
        path: Path = ("random_blocks", number)
        if not isinstance(block, list) or len(block) < 2:
            yield Problem(path, _("A random block is a list of at least two question codes."))
            continue
        for code in block:
            if code not in codes:
                yield Problem(path, _('The random block names "%s", which is no question of the survey.') % code)
            elif code in seen:
                yield Problem(path, _('"%s" is named twice in random blocks.') % code)
            seen.add(code)
        places = [codes.index(code) for code in block if code in codes]
        if places and max(places) - min(places) + 1 != len(set(places)):
            yield Problem(path, _("The questions of a random block must stand next to each other."))


def _jumps(document: Document) -> Iterator[Problem]:
    asked = questions(document)
    places = {code_of(question): place for place, question in enumerate(asked)}
    mixed = {code for block in document.get("random_blocks") or () if isinstance(block, list) for code in block}
    for place, question in enumerate(asked):
        for number, jump in enumerate(question.get("then") or ()):
            path: Path = ("questions", place, "then", number)
            if not isinstance(jump, Mapping) or not jump.get("go_to"):
                yield Problem(path, _("A jump needs go_to with a question code, end or end:MESSAGE."))
                continue
            text = _target_problem(str(jump["go_to"]), place, places, mixed, document)
            if text:
                yield Problem(path, text)
            elif code_of(question) in mixed:
                yield Problem(
                    path, _('"%s" stands in a random block: nothing can jump from there.') % code_of(question)
                )


def _target_problem(target: str, place: int, places: Mapping[str, int], mixed: set[str], document: Document) -> str:
    """Why a jump from this place cannot lead there; blank if it can."""
    names = {"own": code_of(questions(document)[place]), "target": target}
    if target == END or target.startswith(f"{END}:"):
        ending = target.partition(":")[2]
        if not ending or ending in (document.get("endings") or {}):
            return ""
        names["target"] = ending
        return _('The jump from "%(own)s" ends with the message "%(target)s", which endings does not have.') % names
    if target not in places:
        return _('A dead end: the jump from "%(own)s" leads to "%(target)s", which is no question.') % names
    if places[target] <= place:
        return _('A loop: the jump from "%(own)s" leads back to "%(target)s". Jumps only go forwards.') % names
    return _('"%(target)s" stands in a random block: nothing can jump there.') % names if target in mixed else ""


def _quotas(document: Document) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, quota in enumerate(document.get("quotas") or ()):
        path: Path = ("quotas", number)
        if not isinstance(quota, Mapping) or not quota.get("code"):
            yield Problem(path, _("A quota needs a code."))
            continue
        code = str(quota["code"])
        if code in seen:
            yield Problem(path, _('The quota code "%s" is there more than once.') % code)
        seen.add(code)
        limit = quota.get("limit")
        if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
            yield Problem(path, _('The quota "%s" needs a limit of 1 or more.') % code)
        if quota.get("action", ACTIONS[0]) not in ACTIONS:
            yield Problem(path, _('The action of the quota "%s" is end or close.') % code)
