"""Asking a list of customers, by hand or through the API: the same rules and limits as for any other ask."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from cxsurvey.lib.refusals import Refused
from surveys.actions.decide import verdicts_on
from surveys.actions.decide_candidates import Candidate
from surveys.actions.decide_verdicts import Verdict
from surveys.actions.invite import plan_asks
from surveys.enums import SurveyKind, Trigger
from surveys.models import Customer, JourneyRun, Rule, Stage, Survey
from surveys.policy.due import occasion
from surveys.policy.reasons import Reason
from surveys.queries.history import rules_of
from surveys.queries.lists import customers_of, latest_runs, stages_of_runs

MOST: Final = 10_000  # customers of one list
AT_ONCE: Final = 500  # customers of one transaction
UNKNOWN: Final = "unknown_customer"
NO_RUN: Final = "no_run"


@dataclass(frozen=True)
class ListIn:
    """Whom to ask what. `run` names one run, of one customer; without it each customer's latest run is asked about.

    `name` is that of the list: a survey about the relationship is asked once per customer and list.
    """

    survey: str
    customers: tuple[str, ...]
    run: str = ""
    name: str = ""


@dataclass(frozen=True)
class Told:
    """What became of one customer: an outcome of the ledger, or why there is no ask that could be due.

    Of one that is planned also by which channel, and in which language.
    """

    customer: str
    outcome: str
    detail: str = ""
    channel: str = field(default="", compare=False)
    language: str = field(default="", compare=False)


def ask_list(asked: ListIn, now: datetime) -> list[Told]:
    """Decide on an ask for each customer and plan those that may be asked; results in the order of the list.

    Refused where the survey, its rule for lists or the run is not there.
    """
    return _decide(asked, now, write=True)


def preview_list(asked: ListIn, now: datetime) -> list[Told]:
    """What ask_list would decide at this moment; nothing is written."""
    return _decide(asked, now, write=False)


def _decide(asked: ListIn, now: datetime, *, write: bool) -> list[Told]:
    rule = _rule_of(asked.survey)
    names = tuple(dict.fromkeys(asked.customers))
    if len(names) > MOST:
        words = _("A list has at most %(most)s customers: split it.") % {"most": MOST}
        raise Refused(words, "customers", len(names))
    run = _named_run(rule.survey, asked, names)
    told: dict[str, Told] = {}
    for some in _portions(names):
        with transaction.atomic():
            told |= _decide_some(rule, some, run, asked.name, now, write=write)
    return [told[name] for name in names]


def _decide_some(
    rule: Rule, names: Sequence[str], run: JourneyRun | None, name: str, now: datetime, *, write: bool
) -> dict[str, Told]:
    """One transaction's worth of customers."""
    customers = customers_of(names)
    told = {each: Told(each, UNKNOWN) for each in names if each not in customers}
    candidates = list(_candidates(rule, customers.values(), run, name, now))
    told |= {each: Told(each, NO_RUN) for each in customers.keys() - {one.customer.external_id for one in candidates}}
    verdicts = verdicts_on(candidates, now)
    if write and verdicts:
        plan_asks(verdicts, now)
    told |= {each.customer.external_id: Told(each.customer.external_id, Reason.DUPLICATE) for each in candidates}
    return told | {each.candidate.customer.external_id: _told(each) for each in verdicts}


def _told(verdict: Verdict) -> Told:
    person = verdict.candidate.customer
    return Told(person.external_id, str(verdict.outcome), verdict.detail, verdict.channel, person.language)


def _candidates(
    rule: Rule, customers: Collection[Customer], run: JourneyRun | None, name: str, now: datetime
) -> Iterator[Candidate]:
    """An ask for each customer, about his run where the survey is about one; nothing for those without a run."""
    survey = rule.survey
    if survey.kind == SurveyKind.RELATIONSHIP:
        for customer in customers:
            yield Candidate(rule, customer, f"list:{name or f'{now:%Y-%m-%d}'}"[:200], now)
        return
    runs = {run.customer_id: run} if run else latest_runs(survey.journey_id, [each.pk for each in customers])
    stages = stages_of_runs(runs.values(), survey.stage_code)
    for customer in customers:
        found = runs.get(customer.pk)
        stage: Stage | None = stages.get(found.version_id) if found else None
        if found:
            about = occasion(survey.kind, str(found.public_id), survey.stage_code)
            yield Candidate(rule, customer, about, now, run=found, stage=stage)


def _rule_of(code: str) -> Rule:
    if not Survey.objects.filter(code=code, active=True).exists():
        raise Refused(_("There is no active survey with this code."), "survey", code)
    rule = next((each for each in rules_of(Trigger.MANUAL) if each.survey.code == code), None)
    if rule is None:
        words = _("The survey has no rule for lists, or is not published: add a rule with `when: {manual: true}`.")
        raise Refused(words, "survey", code)
    return rule


def _named_run(survey: Survey, asked: ListIn, names: Sequence[str]) -> JourneyRun | None:
    if not asked.run:
        return None
    if survey.journey_id is None:
        raise Refused(_("The survey is about the relationship: it is asked without a run."), "run", asked.run)
    run = JourneyRun.objects.filter(journey=survey.journey_id, external_id=asked.run).select_related("customer").first()
    if run is None:
        raise Refused(_("The survey's journey has no such run."), "run", asked.run)
    if names != (run.customer.external_id,):
        raise Refused(_("The run belongs to one customer: name that one alone."), "customers", ", ".join(names[:3]))
    return run


def _portions(names: Iterable[str]) -> Iterator[list[str]]:
    waiting = iter(names)
    while some := list(islice(waiting, AT_ONCE)):
        yield some
