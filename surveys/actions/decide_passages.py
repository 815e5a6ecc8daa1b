"""Asks that follow from a run's way: a stage entered or left, or a wait behind one that outlasts its promise."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from surveys.actions.decide import chunks, decide
from surveys.actions.decide_candidates import Candidate, Passage, of_passage
from surveys.enums import Trigger
from surveys.models import Interaction, JourneyRun, Rule, StageVisit
from surveys.policy.due import ENTERED, LEFT
from surveys.queries.history import rules_of
from surveys.queries.passages import overdue_waits, visits_of


def decide_waits(now: datetime) -> Counter[str]:
    """Decide on the asks about open runs that wait longer than promised, once per run and passage; how many of each."""
    counts: Counter[str] = Counter()
    for rule in rules_of(Trigger.WAIT):
        for chunk in chunks(_of_waits(rule, now)):
            counts += decide(chunk, now)
    return counts


def of_passages(
    interactions: Sequence[Interaction], ended: Sequence[JourneyRun], rules: Sequence[Rule], now: datetime
) -> Iterator[Candidate]:
    """Candidates of the stages that these new contacts entered, and of those that they or the end of a run left."""
    runs = {each.run.pk: each.run for each in interactions if each.run} | {each.pk: each for each in ended}
    if not runs or not any(rule.trigger == Trigger.STAGE for rule in rules):
        return
    for each in interactions:
        if each.run:  # the very customer of the contact, so that nothing is read again
            each.run.customer = each.customer
    visits = visits_of(runs)
    for run in runs.values():
        starts = {each.started_at for each in interactions if each.run_id == run.pk}
        for passage in _passages(run, visits.get(run.pk, []), starts):
            yield from of_passage(passage, rules, now)


def _passages(run: JourneyRun, visits: Sequence[StageVisit], starts: set[datetime]) -> Iterator[Passage]:
    """What a run entered by contacts that started then, what it left by that, and its last stage where it has ended."""
    for number, visit in enumerate(visits):
        if visit.entered_at in starts:
            yield Passage(Trigger.STAGE, run, visit.stage, visit.entered_at, ENTERED)
            if number:
                before = visits[number - 1]
                yield Passage(Trigger.STAGE, run, before.stage, before.left_at, LEFT)
    if run.ended_at is not None and visits:
        yield Passage(Trigger.STAGE, run, visits[-1].stage, visits[-1].left_at, LEFT)


def _of_waits(rule: Rule, now: datetime) -> Iterator[Candidate]:
    for wait in overdue_waits(rule, now):
        yield from of_passage(Passage(Trigger.WAIT, wait.run, wait.stage, wait.since, to_stage=wait.to), [rule], now)
