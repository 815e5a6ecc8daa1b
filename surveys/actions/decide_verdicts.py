"""The verdict on each candidate: planned for when and through which channel, or not asked and why."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Self

from django.conf import settings

from surveys.actions.decide_candidates import Candidate
from surveys.actions.deliver_carriers import usable_channels
from surveys.actions.deliver_check import country_of, hashes_of, reachable, window_of
from surveys.enums import SurveyKind
from surveys.policy.channel_choice import choose_channel
from surveys.policy.frequency import DEFAULTS, Asked, Limits, check
from surveys.policy.reasons import Reason
from surveys.policy.sampling import sampled
from surveys.policy.window import NeverOpen, next_allowed
from surveys.queries.due import contact_policies, suppressed_channels
from surveys.queries.history import asked_since, kinds_asked_in

PLANNED: Final = "planned"


@dataclass(frozen=True)
class Verdict:
    """PLANNED with a channel and the moment of sending, or the reason of not asking."""

    candidate: Candidate
    outcome: str
    channel: str = ""
    send_at: datetime | None = None
    detail: str = ""


@dataclass
class Circumstances:
    """What is known of all customers of a batch, fetched once."""

    now: datetime
    suppressed: dict[bytes, dict[str, str]]
    limits: dict[int | None, Limits]
    kinds: dict[int, set[str]]
    usable: frozenset[str]
    history: dict[int, list[Asked]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, candidates: Sequence[Candidate], now: datetime) -> Self:
        """A constant number of queries, whatever the number of candidates."""
        journeys = {each.rule.survey.journey_id for each in candidates}
        policies = contact_policies(journeys)
        limits = {journey: Limits.from_document(document) for journey, document in policies.items()}  # type: ignore[arg-type]
        asked = asked_since({each.customer.pk for each in candidates}, _since(candidates, limits))
        return cls(
            now=now,
            suppressed=suppressed_channels(hashes_of([each.customer for each in candidates]), now),
            limits=limits,
            kinds=kinds_asked_in(journey for journey in journeys if journey),
            usable=usable_channels(),
            history=defaultdict(list, asked),
        )

    def limits_for(self, candidate: Candidate) -> Limits:
        """The journey's policy, else the installation's, else the defaults of method 2.20."""
        return self.limits.get(candidate.rule.survey.journey_id, self.limits.get(None, DEFAULTS))


def verdict_on(candidate: Candidate, known: Circumstances) -> Verdict:
    """Too old, refused by the customer, not drawn, asked too often, or planned; the first that holds counts."""
    rule, customer = candidate.rule, candidate.customer
    if candidate.reason:
        return Verdict(candidate, candidate.reason)
    wanted = [channel for channel in rule.channels if channel in known.usable]
    choice = choose_channel(wanted, reachable(customer, known.suppressed))
    if choice.reason:
        return Verdict(candidate, choice.reason)
    if not sampled(rule.survey.code, f"{customer.public_id}:{candidate.occasion}", rule.sample).taken:
        return Verdict(candidate, Reason.NOT_SAMPLED)
    kind, limits = rule.survey.kind, known.limits_for(candidate)
    room = _room_wanted(candidate, limits, known)
    often = check(kind, candidate.due_at, known.history[customer.pk], limits, room_wanted=room)
    if not often.allowed:
        return Verdict(candidate, Reason.POLICY, detail=often.cap)
    send_at = _send_at(candidate, known.now)
    if send_at is None:
        return Verdict(candidate, Reason.QUIET_HOURS_OVER_LIFE)
    known.history[customer.pk].append(Asked(kind, candidate.due_at))
    return Verdict(candidate, PLANNED, choice.channel, send_at)


def in_order(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The journey's own survey first, so that it is never the one that comes too often (method 2.20)."""
    return sorted(candidates, key=lambda each: (each.rule.survey.kind != SurveyKind.END_TO_END, each.due_at))


def _send_at(candidate: Candidate, now: datetime) -> datetime | None:
    """When the message may leave by the customer's clock; None where the link would not live that long."""
    rule, customer = candidate.rule, candidate.customer
    begin = max(candidate.due_at, now)
    try:
        at = next_allowed(begin, customer.time_zone, window_of(rule), country_of(customer), settings.TIME_ZONE)
    except NeverOpen:
        return None
    return at if at < begin + rule.life else None


def _room_wanted(candidate: Candidate, limits: Limits, known: Circumstances) -> bool:
    """Whether the journey's own survey is still to come for this customer."""
    run, journey = candidate.run, candidate.rule.survey.journey_id
    still_on_it = run is not None and run.ended_at is None
    return still_on_it and journey is not None and limits.keep_room_for in known.kinds.get(journey, set())


def _since(candidates: Sequence[Candidate], limits: dict[int | None, Limits]) -> datetime:
    """How far back the history matters: the longest period of any cap in force."""
    every = [*limits.values(), DEFAULTS]
    caps = [cap for each in every for group in (*each.by_kind.values(), each.total) for cap in group]
    earliest = min(each.due_at for each in candidates)
    return earliest - max((cap.period.delta for cap in caps), default=timedelta())
