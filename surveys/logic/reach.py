"""What no customer can ever reach: questions that never show, jumps that are never taken, quotas that count nobody.

The check is sound: what it calls impossible is impossible. It may miss an impossibility where conditions look at words
that cannot be foreseen, or at so many combinations that they are not followed one by one.
"""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from surveys.logic.conditions import leaves
from surveys.logic.document import Document, Question, asks, code_of, questions
from surveys.logic.domains import domains
from surveys.logic.spots import Problem, spots
from surveys.logic.terms import ALWAYS, Domains, Region, both, either, region


def impossible(document: Document) -> Iterator[Problem]:
    """What no customer can ever reach, in a document whose conditions can all be read."""
    asked = questions(document)
    known = domains(document, [leaf for spot in spots(document) for leaf in leaves(spot.condition)])
    places = {code_of(question): place for place, question in enumerate(asked)}
    arrive: list[Region] = [[] for _ in range(len(asked) + 1)]
    arrive[0] = ALWAYS
    for place, question in enumerate(asked):
        show: Region = region(question.get("show_if"), known)
        reach = both(arrive[place], show)
        if not reach:
            yield Problem(("questions", place), _never(question, arrive[place], show))
        if not question.get("then"):
            arrive[place + 1] = either(arrive[place + 1], arrive[place])
            continue
        hidden = both(arrive[place], region(question.get("show_if"), known, wanted=False))
        arrive[place + 1] = either(arrive[place + 1], hidden)
        yield from _follow(place, question, reach, known, places, arrive)
    for number, quota in enumerate(document.get("quotas") or ()):
        if not region(quota.get("if"), known):
            yield Problem(("quotas", number), _('Nobody can ever count in the quota "%s".') % quota["code"])
    if asked and not any(asks(question) for question in asked):
        yield Problem(("questions",), _("The survey asks nothing: it has only statements and hidden values."))


def _follow(
    place: int, question: Question, reach: Region, known: Domains, places: Mapping[str, int], arrive: list[Region]
) -> Iterator[Problem]:
    """Where the jumps of one question lead; what is left goes on to the next question."""
    rest = reach
    for number, jump in enumerate(question["then"]):
        condition = jump.get("if")
        taken = both(rest, region(condition, known))
        if reach and not taken:
            names = {"own": code_of(question), "target": jump["go_to"]}
            text = _('A dead end: the jump from "%(own)s" to "%(target)s" can never be taken.') % names
            yield Problem(("questions", place, "then", number), text)
        target = places.get(str(jump["go_to"]))
        if target is not None:
            arrive[target] = either(arrive[target], taken)
        rest = both(rest, region(condition, known, wanted=False))
    arrive[place + 1] = either(arrive[place + 1], rest)


def _never(question: Question, arrive: Region, show: Region) -> str:
    names = {"code": code_of(question)}
    if not arrive:
        return _('"%(code)s" can never show: every path jumps over it.') % names
    if not show:
        return _('"%(code)s" can never show: its condition contradicts itself.') % names
    return _('"%(code)s" can never show: whoever comes this far does not meet its condition.') % names
