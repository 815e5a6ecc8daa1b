"""Decides which asks are due for what has happened: contacts, stages entered and left, ends of runs."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Final

from surveys.actions.decide import decide
from surveys.actions.decide_candidates import Candidate, of_interaction, of_run
from surveys.actions.decide_passages import of_passages
from surveys.enums import Trigger
from surveys.models import Interaction, JourneyRun, Rule
from surveys.queries.history import ended_runs, fresh_interactions, rules_of

EVENTS: Final = (Trigger.INTERACTION, Trigger.STAGE, Trigger.RUN)


def decide_for_events(interactions: Collection[int], runs: Collection[int], now: datetime) -> Counter[str]:
    """Decide on the asks that these contacts and the end of these runs make due, together; how many of each outcome.

    Imported ones ask nobody. Together, because the journey's own survey goes before those of its stages.
    """
    contacts = fresh_interactions(interactions) if interactions else []
    ended = ended_runs(runs) if runs else []
    journeys = {each.journey_id for each in contacts if each.journey_id} | {each.journey_id for each in ended}
    rules = rules_of(*EVENTS, journeys=journeys) if contacts or ended else []
    found = [*_of_interactions(contacts, rules, now), *_of_runs(ended, rules, now)]
    return decide([*found, *of_passages(contacts, ended, rules, now)], now)


def decide_for_interactions(ids: Collection[int], now: datetime) -> Counter[str]:
    """Decide on the asks that these contacts make due."""
    return decide_for_events(ids, (), now)


def decide_for_runs(ids: Collection[int], now: datetime) -> Counter[str]:
    """Decide on the asks that the end of these runs makes due."""
    return decide_for_events((), ids, now)


def _of_interactions(contacts: Sequence[Interaction], rules: Sequence[Rule], now: datetime) -> Iterator[Candidate]:
    for each in contacts:
        yield from of_interaction(each, rules, now)


def _of_runs(runs: Sequence[JourneyRun], rules: Sequence[Rule], now: datetime) -> Iterator[Candidate]:
    for each in runs:
        yield from of_run(each, rules, now)
