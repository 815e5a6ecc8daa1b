"""What rules make of an event: candidates for an ask, each with its occasion and the moment it is due."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cxsurvey.lib.periods import parse_period
from surveys.enums import Trigger
from surveys.models import Customer, Interaction, JourneyRun, Rule, Stage
from surveys.policy.due import DueRule, Event, clock_due, due
from surveys.policy.reasons import Reason

OF_POLICY: Final = frozenset({"stage", "channel", "resolved", "outcomes", "every", "spread"})


@dataclass(frozen=True)
class Candidate:
    """One ask that a rule makes due for one customer and occasion. `reason`: due, but not to be asked."""

    rule: Rule
    customer: Customer
    occasion: str
    due_at: datetime
    reason: Reason | None = None
    run: JourneyRun | None = None
    stage: Stage | None = None
    interaction: Interaction | None = None

    @property
    def key(self) -> tuple[int, int, str]:
        """What may be decided once only."""
        return self.customer.pk, self.rule.survey_id, self.occasion


def of_interaction(interaction: Interaction, rules: Sequence[Rule], now: datetime) -> Iterator[Candidate]:
    """Candidates of one contact: rules of its journey (or of no journey) whose conditions it meets."""
    stage, run = interaction.stage, interaction.run
    event = Event(
        trigger=Trigger.INTERACTION,
        at=interaction.ended_at or interaction.started_at,
        run=str(run.public_id) if run else "",
        interaction=interaction.reference,
        stage=stage.code if stage else "",
        channel=interaction.channel,
        resolved=interaction.resolved,
    )
    place = event.run or interaction.reference
    for rule in rules:
        found = due(due_rule(rule), event, now)
        if found and rule.survey.journey_id in (None, interaction.journey_id) and _meets(rule.conditions, interaction):
            occasion = f"stage:{place}:{event.stage}"
            yield Candidate(rule, interaction.customer, occasion, found.at, found.reason, run, stage, interaction)


def of_run(run: JourneyRun, rules: Sequence[Rule], now: datetime) -> Iterator[Candidate]:
    """Candidates of the end of one run."""
    event = Event(
        trigger=Trigger.RUN, at=run.ended_at or run.last_event_at, run=str(run.public_id), outcome=run.outcome
    )
    for rule in rules:
        found = due(due_rule(rule), event, now)
        if found and rule.survey.journey_id in (None, run.journey_id):
            yield Candidate(rule, run.customer, f"run:{run.public_id}", found.at, found.reason, run)


def of_clock(rule: Rule, customers: Iterable[Customer], now: datetime) -> Iterator[Candidate]:
    """Candidates of a periodic rule: the slot that is running for each customer, unless he came after it began."""
    plain = due_rule(rule)
    for customer in customers:
        found = clock_due(plain, str(customer.public_id), now)
        if found and customer.created_at <= found.at:
            yield Candidate(rule, customer, f"period:{found.at:%Y-%m-%d}", found.at)


def due_rule(rule: Rule) -> DueRule:
    """What of a rule the policy knows."""
    conditions: Mapping[str, Any] = rule.conditions
    outcomes = {"outcomes": frozenset(conditions["outcomes"])} if "outcomes" in conditions else {}
    return DueRule(
        survey_kind=rule.survey.kind,
        trigger=rule.trigger,
        delay=rule.delay,
        max_age=rule.max_age,
        stage=conditions.get("stage") or rule.survey.stage_code,
        channel=conditions.get("channel") or "",
        resolved=conditions.get("resolved"),
        every=parse_period(conditions["every"]).delta if "every" in conditions else None,
        spread=bool(conditions.get("spread", True)),
        **outcomes,
    )


def _meets(conditions: Mapping[str, Any], interaction: Interaction) -> bool:
    """Conditions on further columns of the contact (team, reason, initiator …): a value or a list of values."""
    for name in conditions.keys() - OF_POLICY:
        wanted = conditions[name] if isinstance(conditions[name], list) else [conditions[name]]
        if getattr(interaction, name, None) not in wanted:
            return False
    return True
