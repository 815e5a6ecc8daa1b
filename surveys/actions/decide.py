"""Decides on asks that are due, and writes each into the ledger, asked or not, with the reason; also by the clock."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from django.db import transaction

from surveys.actions.decide_candidates import Candidate, due_rule, of_clock
from surveys.actions.decide_known import Circumstances
from surveys.actions.decide_verdicts import Verdict, in_order, verdict_on
from surveys.actions.invite import plan_asks
from surveys.enums import Trigger
from surveys.models import Customer, Rule
from surveys.policy.due import CLOCK_START
from surveys.policy.modes import may_decide_again
from surveys.queries.history import (
    Key,
    customers_in_slot,
    decided,
    lock_customers,
    rules_of,
)

CHUNK: Final = 500  # customers that the clock decides about in one transaction


def decide_by_clock(now: datetime) -> Counter[str]:
    """Decide on the periodic asks whose slot began no longer ago than their rule's max_age; how many of each."""
    counts: Counter[str] = Counter()
    for rule in rules_of(Trigger.CLOCK):  # a handful of rules, each with its own set of customers
        customers = _in_slot(rule, now)
        for chunk in chunks(of_clock(rule, customers, now)):
            counts += decide(chunk, now)
    return counts


@transaction.atomic
def decide(candidates: Sequence[Candidate], now: datetime) -> Counter[str]:
    """Decide on candidates not decided yet. One transaction at a time decides about a customer, so limits hold."""
    verdicts = verdicts_on(candidates, now)
    if verdicts:
        plan_asks(verdicts, now)
    return Counter(str(each.outcome) for each in verdicts)


def verdicts_on(candidates: Sequence[Candidate], now: datetime) -> list[Verdict]:
    """What is decided about those that may be decided, nothing written; locks their customers until the commit."""
    if not candidates:
        return []
    customers = {each.customer.pk for each in candidates}
    lock_customers(customers)
    surveys, occasions = {each.rule.survey_id for each in candidates}, {each.occasion for each in candidates}
    fresh = _first_of_each(in_order(list(candidates)), decided(customers, surveys, occasions))
    known = Circumstances.of(fresh, now) if fresh else None
    return [verdict_on(each, known) for each in fresh] if known else []


def chunks(candidates: Iterable[Candidate]) -> Iterator[list[Candidate]]:
    """Candidates in portions of one transaction."""
    waiting = iter(candidates)
    while chunk := list(islice(waiting, CHUNK)):
        yield chunk


def _first_of_each(candidates: Iterable[Candidate], done: Mapping[Key, str]) -> list[Candidate]:
    """One candidate per customer, survey and occasion: the first rule that speaks up, and none decided for good."""
    first: dict[Key, Candidate] = {}
    for each in candidates:
        outcome = done.get(each.key)
        again = outcome and may_decide_again(outcome, each.rule.mode, listed=each.listed, waited=each.waited)
        if not outcome or again:
            first.setdefault(each.key, each)
    return list(first.values())


def _in_slot(rule: Rule, now: datetime) -> Iterator[Customer]:
    """Customers whose slot of the rule began within its max_age, found by the database."""
    every = due_rule(rule).every
    if not every:
        return iter(())
    phase = (now - CLOCK_START - rule.delay) % every / every
    return customers_in_slot(rule, phase, min(rule.max_age / every, 1.0)).iterator(chunk_size=CHUNK)
