"""Decides which asks are due for what has happened, and writes each into the ledger, asked or not, with the reason."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from django.db import transaction

from surveys.actions.decide_candidates import Candidate, due_rule, of_clock, of_interaction, of_run
from surveys.actions.decide_verdicts import Circumstances, in_order, verdict_on
from surveys.actions.invite import plan_asks
from surveys.enums import Trigger
from surveys.models import Customer, Rule
from surveys.policy.due import CLOCK_START
from surveys.queries.history import (
    customers_in_slot,
    decided,
    ended_runs,
    fresh_interactions,
    lock_customers,
    rules_of,
)

CHUNK: Final = 500  # customers that the clock decides about in one transaction


def decide_for_interactions(ids: Collection[int], now: datetime) -> Counter[str]:
    """Decide on the asks that these contacts make due; how many of each outcome. Imported ones ask nobody."""
    interactions = fresh_interactions(ids)
    rules = rules_of(Trigger.INTERACTION, {each.journey_id for each in interactions if each.journey_id})
    return decide([found for each in interactions for found in of_interaction(each, rules, now)], now)


def decide_for_runs(ids: Collection[int], now: datetime) -> Counter[str]:
    """Decide on the asks that the end of these runs makes due; how many of each outcome."""
    runs = ended_runs(ids)
    rules = rules_of(Trigger.RUN, {each.journey_id for each in runs})
    return decide([found for each in runs for found in of_run(each, rules, now)], now)


def decide_by_clock(now: datetime) -> Counter[str]:
    """Decide on the periodic asks whose slot began no longer ago than their rule's max_age; how many of each."""
    counts: Counter[str] = Counter()
    for rule in rules_of(Trigger.CLOCK):  # a handful of rules, each with its own set of customers
        customers = _in_slot(rule, now)
        for chunk in _chunks(of_clock(rule, customers, now)):
            counts += decide(chunk, now)
    return counts


@transaction.atomic
def decide(candidates: Sequence[Candidate], now: datetime) -> Counter[str]:
    """Decide on candidates not decided yet. One transaction at a time decides about a customer, so limits hold."""
    if not candidates:
        return Counter()
    customers = {each.customer.pk for each in candidates}
    lock_customers(customers)
    surveys, occasions = {each.rule.survey_id for each in candidates}, {each.occasion for each in candidates}
    fresh = _first_of_each(in_order(candidates), decided(customers, surveys, occasions))
    if not fresh:
        return Counter()
    known = Circumstances.of(fresh, now)
    verdicts = [verdict_on(each, known) for each in fresh]
    plan_asks(verdicts, now)
    return Counter(str(each.outcome) for each in verdicts)


def _first_of_each(candidates: Iterable[Candidate], done: set[tuple[int, int, str]]) -> list[Candidate]:
    """One candidate per customer, survey and occasion: the first rule that speaks up, and none decided before."""
    first: dict[tuple[int, int, str], Candidate] = {}
    for each in candidates:
        if each.key not in done:
            first.setdefault(each.key, each)
    return list(first.values())


def _in_slot(rule: Rule, now: datetime) -> Iterator[Customer]:
    """Customers whose slot of the rule began within its max_age, found by the database."""
    every = due_rule(rule).every
    if not every:
        return iter(())
    phase = (now - CLOCK_START - rule.delay) % every / every
    return customers_in_slot(rule, phase, min(rule.max_age / every, 1.0)).iterator(chunk_size=CHUNK)


def _chunks(candidates: Iterator[Candidate]) -> Iterator[list[Candidate]]:
    while chunk := list(islice(candidates, CHUNK)):
        yield chunk
