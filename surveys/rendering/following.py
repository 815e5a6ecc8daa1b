"""Which questions of a page come and go with other answers on it, as rules that a script can follow by itself.

Comfort only: without the script the page is sent, and comes back with what its answers call for. So whatever cannot be
foreseen exactly (words of one's own, a full quota, a text that repeats an answer of the page) is left to the server.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from surveys.enums import VersionState
from surveys.logic.conditions import Answers
from surveys.logic.context import Context
from surveys.logic.document import Question, asks, code_of, keys_of, layout_of
from surveys.logic.mirror import NotMirrored, Tree, mirrored
from surveys.logic.order import Order
from surveys.logic.path import END, ordered
from surveys.models import SurveyVersion
from surveys.question_kinds.inputs import Inputs, inputs_of
from surveys.rendering.pager import Page
from surveys.rendering.specs import Key, specs_of


@dataclass(frozen=True, slots=True)
class Rule:
    """One question that may stand on a page: when it does, where its answers lead (both JSON, blank for nothing)."""

    code: str
    when: str = ""
    then: str = ""
    shown: bool = True  # now, by the answers that the server knows


@dataclass
class _Page:
    """What is known while the questions of a page are gone through in order."""

    page: Page
    answers: Answers  # of the other pages
    context: Context
    places: Mapping[str, int]
    live: dict[str, Inputs | None] = field(default_factory=dict)  # of the questions before
    jumps: bool = False  # one of them may lead past the next
    blind: bool = False  # one of them leads nobody knows where


def follow(
    version: SurveyVersion, page: Page, path: Sequence[Page], answers: Answers, context: Context, order: Order
) -> tuple[Rule, ...]:
    """A rule for each question that stands on this page of the path or may join it; none where nothing can change."""
    if layout_of(version.document) == "question_per_page":
        return ()
    asked = ordered(version.document, order)
    elsewhere = {code for each in path if each != page for code in each}
    found = _Page(
        page,
        {key: value for key, value in answers.items() if key.partition(".")[0] in elsewhere or key in elsewhere},
        context,
        {code_of(question): place for place, question in enumerate(asked)},
    )
    inputs = _inputs(version) if version.state == VersionState.DRAFT else _cached_inputs(Key(version))
    rules = [_rule(question, found, inputs) for question in _near(asked, found, elsewhere, layout_of(version.document))]
    kept = [rule for rule in rules if rule is not None]
    return tuple(_landing(kept, found.places)) if any(rule.when or rule.then for rule in kept) else ()


@lru_cache(maxsize=1024)
def _cached_inputs(key: Key) -> dict[str, dict[str, Inputs]]:
    return _inputs(key.version)


def _inputs(version: SurveyVersion) -> dict[str, dict[str, Inputs]]:
    """How each question is read, by its code; making the form fields anew took most of the time."""
    return {spec.code: inputs_of(spec) for spec in specs_of(version, "")}


def _near(asked: Sequence[Question], found: _Page, elsewhere: set[str], layout: str) -> list[Question]:
    """The questions from the first of the page up to the next page, those not asked now among them."""
    start = found.places.get(found.page[0], 0) if found.page else 0
    near: list[Question] = []
    begun = False
    for question in asked[start:]:
        here = code_of(question) in found.page
        if code_of(question) in elsewhere or (begun and not here and layout == "pages" and question.get("new_page")):
            break
        near.append(question)
        begun = begun or (here and asks(question))
    return near


def _rule(question: Question, found: _Page, inputs: Mapping[str, Mapping[str, Inputs]]) -> Rule | None:
    """None for a question that is not shown and that only the server may call for."""
    code = code_of(question)
    shown = code in found.page
    when = _when(question, found)
    if not shown and (found.blind or when is False or (when is True and not found.jumps)):
        return None
    found.live |= {key: inputs[code].get(key) for key in keys_of(question)}
    then = _then(question, found)
    found.jumps = found.jumps or bool(then)
    return Rule(code, "" if isinstance(when, bool) else _json(when), _json(then) if then else "", shown)


def _when(question: Question, found: _Page) -> Tree:
    """The tree of its show-if; where that is not mirrored, or its words repeat an answer of the page, as it is now."""
    try:
        if any(f"[[answer.{key}" in str(question) for key in found.live):
            raise NotMirrored
        return mirrored(question.get("show_if"), found.live, found.answers, found.context)
    except NotMirrored:
        return code_of(question) in found.page


def _then(question: Question, found: _Page) -> list[tuple[Tree, str]]:
    """The jumps that may be taken, each with where it leads; blank for one that leads back, which nobody follows."""
    jumps: list[tuple[Tree, str]] = []
    place = found.places[code_of(question)]
    for jump in question.get("then") or ():
        try:
            tree = mirrored(jump.get("if"), found.live, found.answers, found.context)
        except NotMirrored:
            found.blind = True
            return jumps
        target = str(jump.get("go_to", "")).partition(":")[0]
        ahead = target == END or found.places.get(target, place) > place
        if tree is not False:
            jumps.append((tree, target if ahead else ""))
        if tree is True:
            break
    return jumps if any(target for _tree, target in jumps) else []


def _landing(rules: Sequence[Rule], places: Mapping[str, int]) -> list[Rule]:
    """The rules with jumps that lead to a question of the page, the first from the target on, or to its end."""

    def landing(target: str) -> str:
        if not target or target == END:
            return target
        return next((rule.code for rule in rules if places[rule.code] >= places[target]), END)

    def landed(rule: Rule) -> Rule:
        jumps = [(tree, landing(target)) for tree, target in json.loads(rule.then)] if rule.then else []
        return Rule(rule.code, rule.when, _json(jumps) if jumps else "", rule.shown)

    return [landed(rule) for rule in rules]


def _json(tree: Tree) -> str:
    return json.dumps(tree, separators=(",", ":"))
