"""The verdict on each candidate: planned for when and through which channel, or not asked and why."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.conf import settings

from cxsurvey.lib.periods import ALWAYS
from surveys.actions.decide_candidates import Candidate, facts_of
from surveys.actions.decide_known import Circumstances
from surveys.actions.deliver_check import country_of, reachable, window_of
from surveys.enums import RuleMode, SurveyKind
from surveys.policy.channel_choice import choose_channel
from surveys.policy.frequency import Asked, check, look_again
from surveys.policy.frequency import Verdict as Block
from surveys.policy.modes import DELAYED, RANK, trial_outcome
from surveys.policy.reasons import Reason
from surveys.policy.sampling import Shares, end_to_end_only, sampled
from surveys.policy.window import NeverOpen, next_allowed

PLANNED: Final = "planned"


@dataclass(frozen=True)
class Verdict:
    """PLANNED with a channel and the moment of sending, DELAYED with the next look, or the reason of not asking."""

    candidate: Candidate
    outcome: str
    channel: str = ""
    send_at: datetime | None = None
    retry_at: datetime | None = None
    detail: str = ""
    probability: float = 1.0


def verdict_on(candidate: Candidate, known: Circumstances) -> Verdict:
    """What becomes of a candidate. An ask that is planned takes its place in the clocks of those that follow."""
    verdict = replace(_by_policy(candidate, known), probability=probability_of(candidate))
    trial = trial_outcome(candidate.rule.mode, listed=candidate.listed)
    if trial:
        would_be = verdict.outcome if trial == Reason.SHADOW else ""
        return replace(verdict, outcome=trial, detail=would_be, channel="", send_at=None, retry_at=None)
    if verdict.outcome != PLANNED or verdict.send_at is None:
        return verdict
    if known.over_ramp(candidate.rule):
        return Verdict(candidate, Reason.OVER_RAMP, probability=verdict.probability)
    known.note(candidate, Asked(candidate.rule.survey.kind, verdict.send_at))
    return verdict


def in_order(candidates: list[Candidate]) -> list[Candidate]:
    """Rules that are further in force first; then the journey's own survey, so that it is never the one too many."""
    return sorted(
        candidates,
        key=lambda each: (
            RANK[RuleMode(each.rule.mode)],
            each.rule.survey.kind != SurveyKind.END_TO_END,
            each.due_at,
        ),
    )


def probability_of(candidate: Candidate) -> float:
    """With which probability the customer's class is asked."""
    rule = candidate.rule
    strata: Mapping[str, Mapping[str, float]] = rule.strata
    shares = Shares(rule.sample, str(strata.get("by", "")), strata.get("shares", {}))
    return shares.for_customer(facts_of(candidate.customer, candidate.run))


def _by_policy(candidate: Candidate, known: Circumstances) -> Verdict:
    """Too old, refused by the customer, not drawn, asked too often, or planned; the first that holds counts."""
    rule, customer = candidate.rule, candidate.customer
    if candidate.reason:
        return Verdict(candidate, candidate.reason)
    if _e2e_only(candidate, known):
        return Verdict(candidate, Reason.E2E_ONLY)
    wanted = [channel for channel in rule.channels if channel in known.usable]
    person = reachable(customer, known.suppressed, known.now, known.never_ask)
    choice = choose_channel(wanted, person, rule.survey.kind)
    if choice.reason:
        return Verdict(candidate, choice.reason)
    draw = sampled(rule.survey.code, f"{customer.public_id}:{candidate.occasion}", probability_of(candidate))
    if not draw.taken:
        return Verdict(candidate, Reason.NOT_SAMPLED)
    send_at = _send_at(candidate, known.now)
    if send_at is None:
        return Verdict(candidate, Reason.QUIET_HOURS_OVER_LIFE)
    often = check(
        rule.survey.kind,
        send_at,
        known.history[customer.pk],
        known.limits_for(candidate),
        room_wanted=known.room_wanted(candidate),
    )
    return Verdict(candidate, PLANNED, choice.channel, send_at) if often.allowed else _blocked(candidate, often, known)


def _blocked(candidate: Candidate, block: Block, known: Circumstances) -> Verdict:
    """Delayed within the life that the link would have, then dropped with the reason."""
    gives_up = candidate.due_at + candidate.rule.life
    retry_at = look_again(block, known.now, gives_up)
    if retry_at is None:
        return Verdict(candidate, block.reason or Reason.POLICY, detail=block.cap)
    return Verdict(candidate, DELAYED, retry_at=retry_at, detail=f"{block.reason}: {block.cap}")


def _e2e_only(candidate: Candidate, known: Circumstances) -> bool:
    """Whether the ask is about a stage of a run of which only the whole is asked."""
    run, journey = candidate.run, candidate.rule.survey.journey_id
    if run is None or candidate.rule.survey.kind != SurveyKind.TOUCHPOINT:
        return False
    asked_as_a_whole = SurveyKind.END_TO_END in known.kinds.get(journey or 0, set())
    return asked_as_a_whole and end_to_end_only(str(run.public_id), known.limits_for(candidate).e2e_only)


def _send_at(candidate: Candidate, now: datetime) -> datetime | None:
    """When the message may leave by the customer's clock; None where the link would not live that long."""
    rule, customer = candidate.rule, candidate.customer
    begin = max(candidate.due_at, now)
    window = window_of(rule)
    if window == ALWAYS:
        return begin
    try:
        at = next_allowed(begin, customer.time_zone, window, country_of(customer), settings.TIME_ZONE)
    except NeverOpen:
        return None
    return at if at < begin + rule.life else None
