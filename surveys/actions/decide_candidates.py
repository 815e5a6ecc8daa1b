"""What rules make of an event: candidates for an ask, each with its occasion and the moment it is due."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings

from cxsurvey.lib.periods import parse_period
from surveys.enums import SurveyKind, Trigger
from surveys.models import AskDecision, Customer, Interaction, JourneyRun, Rule, Stage
from surveys.policy.due import DueRule, Event, clock_due, due
from surveys.policy.reasons import Reason

# Keys of a rule's conditions that are no facts of the event.
NO_FACTS: Final = frozenset({"stage", "passage", "to_stage", "outcomes", "every", "spread", "times"})
FACTS: Final = ("channel", "team", "agent", "reason", "initiator", "resolved", "abandoned")


@dataclass(frozen=True)
class Candidate:
    """One ask that a rule makes due for one customer and occasion. `reason`: due, but not to be asked.

    `waited`: it is a delayed ask that is looked at again.
    """

    rule: Rule
    customer: Customer
    occasion: str
    due_at: datetime
    reason: Reason | None = None
    run: JourneyRun | None = None
    stage: Stage | None = None
    interaction: Interaction | None = None
    waited: bool = False

    @property
    def key(self) -> tuple[int, int, str]:
        """What may be decided once only."""
        return self.customer.pk, self.rule.survey_id, self.occasion

    @property
    def listed(self) -> bool:
        """Whether the customer is on the rule's test list."""
        return self.customer.external_id in self.rule.test_customers


@dataclass(frozen=True)
class Passage:
    """A run that entered or left a stage, or waits behind one for `to_stage` longer than was promised."""

    trigger: Trigger
    run: JourneyRun
    stage: Stage
    at: datetime
    passage: str = ""
    to_stage: str = ""


def of_interaction(interaction: Interaction, rules: Sequence[Rule], now: datetime) -> Iterator[Candidate]:
    """Candidates of one contact: rules of its journey (or of no journey) whose conditions it meets."""
    stage, run, customer = interaction.stage, interaction.run, interaction.customer
    event = Event(
        trigger=Trigger.INTERACTION,
        at=interaction.ended_at or interaction.started_at,
        run=str(run.public_id) if run else "",
        interaction=interaction.reference,
        stage=stage.code if stage else "",
        facts=facts_of(customer, run) | _facts_of_contact(interaction),
        zone=customer.time_zone,
    )
    for rule, at, occasion, reason in _due(rules, interaction.journey_id, event, now):
        yield Candidate(rule, customer, occasion, at, reason, run, stage, interaction)


def of_passage(passage: Passage, rules: Sequence[Rule], now: datetime) -> Iterator[Candidate]:
    """Candidates of a run's passage through a stage, or of a wait behind it."""
    run = passage.run
    event = Event(
        trigger=passage.trigger,
        at=passage.at,
        run=str(run.public_id),
        stage=passage.stage.code,
        passage=passage.passage,
        to_stage=passage.to_stage,
        facts=facts_of(run.customer, run),
        zone=run.customer.time_zone,
    )
    for rule, at, occasion, reason in _due(rules, run.journey_id, event, now):
        yield Candidate(rule, run.customer, occasion, at, reason, run, passage.stage)


def of_run(run: JourneyRun, rules: Sequence[Rule], now: datetime) -> Iterator[Candidate]:
    """Candidates of the end of one run."""
    event = Event(
        trigger=Trigger.RUN,
        at=run.ended_at or run.last_event_at,
        run=str(run.public_id),
        outcome=run.outcome,
        facts=facts_of(run.customer, run),
        zone=run.customer.time_zone,
    )
    for rule, at, occasion, reason in _due(rules, run.journey_id, event, now):
        yield Candidate(rule, run.customer, occasion, at, reason, run)


def of_clock(rule: Rule, customers: Iterable[Customer], now: datetime) -> Iterator[Candidate]:
    """Candidates of a periodic rule: the slot that is running for each customer, unless he came after it began."""
    plain = due_rule(rule)
    for customer in customers:
        found = clock_due(plain, str(customer.public_id), now)
        if found and customer.created_at <= found.at:
            yield Candidate(rule, customer, found.occasion, found.at)


def of_delayed(decision: AskDecision) -> Candidate | None:
    """A delayed ask once more; None where its rule is gone."""
    if decision.rule is None:
        return None
    return Candidate(
        rule=decision.rule,
        customer=decision.customer,
        occasion=decision.occasion,
        due_at=decision.due_at,
        run=decision.run,
        stage=decision.stage,
        interaction=decision.interaction,
        waited=True,
    )


def due_rule(rule: Rule) -> DueRule:
    """What of a rule the policy knows."""
    conditions: Mapping[str, Any] = rule.conditions
    outcomes = {"outcomes": frozenset(conditions["outcomes"])} if "outcomes" in conditions else {}
    return DueRule(
        survey_kind=rule.survey.kind,
        trigger=rule.trigger,
        delay=rule.delay,
        delay_after=rule.delay_after,
        max_age=rule.max_age,
        stage=conditions.get("stage") or rule.survey.stage_code,
        passage=conditions.get("passage") or "",
        to_stage=conditions.get("to_stage") or "",
        conditions={name: wanted for name, wanted in conditions.items() if name not in NO_FACTS},
        every=parse_period(conditions["every"]).delta if "every" in conditions else None,
        spread=bool(conditions.get("spread", True)),
        **outcomes,
    )


def facts_of(customer: Customer, run: JourneyRun | None = None) -> dict[str, Any]:
    """What is known of a customer and his run, by the names that conditions and classes use."""
    attributes = {**customer.attributes, **(run.attributes if run else {})}
    named = {f"attr.{name}": value for name, value in attributes.items()}
    return {"segment": customer.segment, "language": customer.language, **named}


def _facts_of_contact(interaction: Interaction) -> dict[str, Any]:
    named = {f"attr.{name}": value for name, value in interaction.attributes.items()}
    return named | {name: getattr(interaction, name) for name in FACTS}


def _due(
    rules: Sequence[Rule], journey_id: int | None, event: Event, now: datetime
) -> Iterator[tuple[Rule, datetime, str, Reason | None]]:
    """The rules of this journey, or of none, that the event makes due."""
    for rule in rules:
        found = due(due_rule(rule), event, now, settings.TIME_ZONE)
        own = rule.survey.journey_id in (None, journey_id)
        # A survey about one stage is due at that stage only, whatever else the rule says.
        if found and own and (rule.survey.kind != SurveyKind.TOUCHPOINT or _about(rule, event)):
            yield rule, found.at, found.occasion, found.reason


def _about(rule: Rule, event: Event) -> bool:
    return event.trigger in (Trigger.WAIT, Trigger.RUN) or rule.survey.stage_code in ("", event.stage)
