"""What is known of all customers of a batch when it is decided what to ask them, read once."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Self
from zoneinfo import ZoneInfo

from django.conf import settings

from surveys.actions.decide_candidates import Candidate
from surveys.actions.deliver_carriers import usable_channels
from surveys.actions.deliver_check import hashes_of
from surveys.enums import RuleMode
from surveys.models import JourneyRun, Rule
from surveys.policy.frequency import DEFAULTS, Asked, Limits
from surveys.queries.due import contact_policies, never_ask_flags, suppressed_channels
from surveys.queries.history import asked_since, kinds_asked_in, planned_by_rule, runs_asked_about

# So long after its end a run may still wait for the decision about its own survey (the default max_age of rules).
STILL_TO_COME: Final = timedelta(days=3)


@dataclass
class Circumstances:
    """The facts of one batch. `history` and `today` grow with what the batch itself plans."""

    now: datetime
    suppressed: dict[bytes, dict[str, str]]
    never_ask: dict[int, str]
    limits: dict[int | None, Limits]
    kinds: dict[int, set[str]]
    asked_about: set[tuple[int, str]]
    usable: frozenset[str]
    history: dict[int, list[Asked]] = field(default_factory=lambda: defaultdict(list))
    today: Counter[int] = field(default_factory=Counter)

    @classmethod
    def of(cls, candidates: Sequence[Candidate], now: datetime) -> Self:
        """A constant number of queries, whatever the number of candidates."""
        journeys = {each.rule.survey.journey_id for each in candidates}
        customers = {each.customer.pk for each in candidates}
        limits = {code: Limits.from_document(document) for code, document in contact_policies(journeys).items()}
        ramped = {each.rule.pk for each in candidates if each.rule.mode == RuleMode.RAMP}
        return cls(
            now=now,
            suppressed=suppressed_channels(hashes_of([each.customer for each in candidates]), now),
            never_ask=never_ask_flags(customers, now),
            limits=limits,
            kinds=kinds_asked_in(journey for journey in journeys if journey),
            asked_about=runs_asked_about({each.run.pk for each in candidates if each.run}),
            usable=usable_channels(),
            history=defaultdict(list, _history(customers, limits, now)),
            today=planned_by_rule(ramped, _midnight(now)) if ramped else Counter(),
        )

    def limits_for(self, candidate: Candidate) -> Limits:
        """The journey's policy, else the installation's, else the defaults of method 2.20."""
        return self.limits.get(candidate.rule.survey.journey_id, self.limits.get(None, DEFAULTS))

    def room_wanted(self, candidate: Candidate) -> bool:
        """Whether the journey's own survey is still to come for the run that this ask is about."""
        room, journey = self.limits_for(candidate).keep_room_for, candidate.rule.survey.journey_id
        if candidate.run is None or not room or room not in self.kinds.get(journey or 0, set()):
            return False
        return _may_still_come(candidate.run, self.now) and (candidate.run.pk, room) not in self.asked_about

    def over_ramp(self, rule: Rule) -> bool:
        """Whether the rule has asked as many today as it may while it is ramped up."""
        return rule.mode == RuleMode.RAMP and self.today[rule.pk] >= (rule.per_day or 0)

    def note(self, candidate: Candidate, asked: Asked) -> None:
        """An ask has been planned: it counts for those that follow in the batch."""
        self.history[candidate.customer.pk].append(asked)
        self.today[candidate.rule.pk] += 1
        if candidate.run:
            self.asked_about.add((candidate.run.pk, asked.kind))


def _may_still_come(run: JourneyRun, now: datetime) -> bool:
    return run.ended_at is None or now - run.ended_at <= STILL_TO_COME


def _history(customers: set[int], limits: dict[int | None, Limits], now: datetime) -> dict[int, list[Asked]]:
    """Messages to these customers that can matter for any cap in force, planned ones included."""
    longest = max(each.longest_period() for each in (*limits.values(), DEFAULTS))
    return asked_since(customers, now - longest)


def _midnight(now: datetime) -> datetime:
    """When the installation's day began."""
    return now.astimezone(ZoneInfo(settings.TIME_ZONE)).replace(hour=0, minute=0, second=0, microsecond=0)
