"""Writes verdicts into the ledger, and makes an invitation with its first message of each that is planned."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from django.conf import settings

from cxsurvey.lib.nudge import nudge
from surveys.actions.decide_verdicts import PLANNED, Verdict
from surveys.actions.links import set_token_hashes
from surveys.enums import DeliveryPurpose, DeliveryState
from surveys.models import AskDecision, Campaign, Delivery, Invitation
from surveys.queries.history import published_versions

MANY_NUDGES: Final = 8
OCCASION: Final = ("customer", "survey", "occasion")
DECIDED: Final = (
    *("rule", "run", "stage", "interaction", "invitation", "channel", "outcome", "detail"),
    *("probability", "due_at", "decided_at", "retry_at"),
)


def plan_asks(verdicts: Sequence[Verdict], now: datetime) -> list[Invitation]:
    """Insert decisions, invitations and queued messages in the caller's transaction; wake workers after it."""
    versions = published_versions({each.candidate.rule.survey_id for each in verdicts})
    planned = [each for each in verdicts if each.outcome == PLANNED]
    invitations = Invitation.objects.bulk_create(
        _invitation(each, versions[each.candidate.rule.survey_id]) for each in planned
    )
    campaigns = _campaigns(invitations)
    Delivery.objects.bulk_create(_message(each, campaigns[each.rule_id, each.due_at.date()]) for each in invitations)
    invited = dict(zip((each.candidate.key for each in planned), invitations, strict=True))
    AskDecision.objects.bulk_create(
        [_decision(each, invited.get(each.candidate.key), now) for each in verdicts],
        update_conflicts=True,  # what may be decided again has its row already; nothing else comes this far
        unique_fields=OCCASION,
        update_fields=DECIDED,
    )
    wake_workers(sum(invitation.due_at <= now for invitation in invitations))
    return invitations


def wake_workers(due: int) -> None:
    """After the commit, wake as many workers as there are batches of due messages, within reason."""
    batches = -(-due // settings.DELIVERY_BATCH)
    for _ in range(min(batches, MANY_NUDGES)):
        nudge("surveys.deliver_due")


def _invitation(verdict: Verdict, version_id: int) -> Invitation:
    each = verdict.candidate
    due_at = verdict.send_at or each.due_at
    invitation = Invitation(
        survey_id=each.rule.survey_id,
        version_id=version_id,
        customer=each.customer,
        run=each.run,
        stage=each.stage,
        interaction=each.interaction,
        rule=each.rule,
        occasion=each.occasion,
        channel=verdict.channel,
        probability=verdict.probability,
        due_at=due_at,
        expires_at=due_at + each.rule.life,
    )
    set_token_hashes(invitation)
    return invitation


def _campaigns(invitations: Sequence[Invitation]) -> dict[tuple[int | None, date], int]:
    """The big send of each rule and day, made where it is not there yet."""
    wanted = {(each.rule_id, each.due_at.date()): each for each in invitations}
    if not wanted:
        return {}
    names = {key: f"{key[1]} {each.rule.survey.code if each.rule else ''}".strip() for key, each in wanted.items()}
    rows = [Campaign(rule_id=rule, day=day, name=name[:200]) for (rule, day), name in sorted(names.items())]
    Campaign.objects.bulk_create(rows, ignore_conflicts=True)
    found = Campaign.objects.filter(rule__in={rule for rule, _day in wanted}, day__in={day for _rule, day in wanted})
    return {(rule, day): pk for rule, day, pk in found.values_list("rule", "day", "pk") if day}


def _message(invitation: Invitation, campaign: int) -> Delivery:
    return Delivery(
        invitation=invitation,
        campaign_id=campaign,
        channel=invitation.channel,
        purpose=DeliveryPurpose.FIRST,
        state=DeliveryState.QUEUED,
        next_at=invitation.due_at,
    )


def _decision(verdict: Verdict, invitation: Invitation | None, now: datetime) -> AskDecision:
    each = verdict.candidate
    return AskDecision(
        survey_id=each.rule.survey_id,
        rule=each.rule,
        customer=each.customer,
        run=each.run,
        stage=each.stage,
        interaction=each.interaction,
        invitation=invitation,
        occasion=each.occasion,
        channel=verdict.channel,
        outcome=verdict.outcome,
        detail=verdict.detail[:200],
        probability=verdict.probability,
        due_at=each.due_at,
        decided_at=now,
        retry_at=verdict.retry_at,
    )
