"""Asks: the ledger of decisions, invitations, and the messages that carry them."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from surveys.enums import INVITATION_OPEN, Channel, DeliveryPurpose, DeliveryState, InvitationState
from surveys.models.customer import Customer
from surveys.models.dispatch import Campaign
from surveys.models.journey import Stage
from surveys.models.questionnaire import Survey, SurveyVersion
from surveys.models.rule import Rule
from surveys.models.run import Interaction, JourneyRun


class Invitation(models.Model):
    """One ask to one customer for one occasion (run x stage, run, or period)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="invitations")
    version = models.ForeignKey(SurveyVersion, models.PROTECT, related_name="invitations")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="invitations")
    run = models.ForeignKey(JourneyRun, models.CASCADE, null=True, blank=True, related_name="invitations")
    stage = models.ForeignKey(Stage, models.PROTECT, null=True, blank=True, related_name="invitations")
    interaction = models.ForeignKey(Interaction, models.CASCADE, null=True, blank=True, related_name="invitations")
    rule = models.ForeignKey(Rule, models.SET_NULL, null=True, blank=True, related_name="invitations")
    occasion = models.CharField(_("occasion"), max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=InvitationState, default=InvitationState.PLANNED)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    probability = models.FloatField(_("sampling probability"), default=1.0)
    due_at = models.DateTimeField(_("due"))
    expires_at = models.DateTimeField(_("expires"))
    token_version = models.PositiveSmallIntegerField(default=1)
    token_hash = models.BinaryField(max_length=32, unique=True, editable=False)
    preferences_hash = models.BinaryField(max_length=32, unique=True, editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=("customer", "survey", "occasion"),
                condition=Q(state__in=INVITATION_OPEN),
                name="invitation_one_open",
            ),
            models.CheckConstraint(condition=Q(probability__gt=0, probability__lte=1), name="invitation_probability"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("due_at")), name="invitation_expires_after_due"),
            models.CheckConstraint(
                condition=Q(state=InvitationState.ANSWERED, answered_at__isnull=False)
                | ~Q(state=InvitationState.ANSWERED),
                name="invitation_answered_at",
            ),
        ]
        indexes = [
            models.Index(fields=("customer", "due_at"), name="invitation_history"),
            models.Index(fields=("expires_at",), condition=Q(state__in=INVITATION_OPEN), name="invitation_expiry"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class AskDecision(models.Model):
    """The ledger: every ask that was due and what became of it, sent or not, with the reason."""

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="decisions")
    rule = models.ForeignKey(Rule, models.SET_NULL, null=True, blank=True, related_name="decisions")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="decisions")
    run = models.ForeignKey(JourneyRun, models.CASCADE, null=True, blank=True, related_name="decisions")
    stage = models.ForeignKey(Stage, models.PROTECT, null=True, blank=True, related_name="decisions")
    interaction = models.ForeignKey(Interaction, models.CASCADE, null=True, blank=True, related_name="decisions")
    invitation = models.OneToOneField(Invitation, models.SET_NULL, null=True, blank=True, related_name="decision")
    occasion = models.CharField(_("occasion"), max_length=200)
    channel = models.CharField(_("channel"), max_length=8, blank=True)
    outcome = models.CharField(
        _("outcome"), max_length=24, help_text=_("planned, sent, or the reason of not sending (policy/reasons.py)")
    )
    detail = models.CharField(_("detail"), max_length=200, blank=True)
    probability = models.FloatField(_("sampling probability"), default=1.0)
    due_at = models.DateTimeField(_("due"))
    decided_at = models.DateTimeField(_("decided"))
    retry_at = models.DateTimeField(_("decided again at"), null=True, blank=True)
    imported = models.BooleanField(_("imported"), default=False)

    class Meta:
        ordering = ("-decided_at", "-id")
        verbose_name = _("ask decision")
        verbose_name_plural = _("ask decisions")
        constraints = [
            models.UniqueConstraint(fields=("customer", "survey", "occasion"), name="decision_once"),
            models.CheckConstraint(condition=Q(probability__gte=0, probability__lte=1), name="decision_probability"),
            models.CheckConstraint(
                condition=Q(outcome="delayed", imported=False, retry_at__isnull=False)
                | (Q(retry_at__isnull=True) & (~Q(outcome="delayed") | Q(imported=True))),
                name="decision_delayed_until",
            ),
        ]
        indexes = [
            models.Index(fields=("customer", "decided_at"), name="decision_history"),
            models.Index(fields=("retry_at",), condition=Q(retry_at__isnull=False), name="decision_delayed"),
            models.Index(fields=("rule", "decided_at"), name="decision_of_rule"),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id}/{self.occasion}: {self.outcome}"


class Delivery(models.Model):
    """One message of an invitation; its state machine is reliability rule R2."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="deliveries")
    campaign = models.ForeignKey(
        Campaign,
        models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,  # the index with the state serves
        related_name="deliveries",
        verbose_name=_("campaign"),
    )
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    purpose = models.CharField(_("purpose"), max_length=12, choices=DeliveryPurpose, default=DeliveryPurpose.FIRST)
    step = models.PositiveSmallIntegerField(_("step"), default=0, help_text=_("of a conversation, counted from 1"))
    closing = models.BooleanField(_("closing"), default=False, help_text=_("says thanks: may leave after the answer"))
    state = models.CharField(_("state"), max_length=12, choices=DeliveryState, default=DeliveryState.QUEUED)
    next_at = models.DateTimeField(_("next try"))
    claim_no = models.PositiveIntegerField(_("claims"), default=0, help_text=_("fencing: goes up with every claim"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, help_text=_("entries into sending"))
    deaths = models.PositiveSmallIntegerField(default=0, help_text=_("workers that died with this row in hand"))
    lease_until = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=80, blank=True)
    provider = models.CharField(_("provider"), max_length=40, blank=True)
    provider_id = models.CharField(_("provider's id"), max_length=120, blank=True)
    payload = models.JSONField(null=True, blank=True, help_text=_("frozen, without tokens"))
    basis = models.JSONField(
        _("rests on"), null=True, blank=True, help_text=_("the customer's basis when it was let go (policy/basis.py)")
    )
    segments = models.PositiveSmallIntegerField(_("SMS segments"), null=True, blank=True)
    error = models.CharField(_("last error"), max_length=300, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(fields=("invitation", "channel", "purpose", "step"), name="delivery_once"),
            models.CheckConstraint(
                condition=Q(purpose=DeliveryPurpose.CONVERSATION, step__gt=0)
                | (~Q(purpose=DeliveryPurpose.CONVERSATION) & Q(step=0, closing=False)),
                name="delivery_step",
            ),
            models.UniqueConstraint(
                fields=("provider", "provider_id"), condition=~Q(provider_id=""), name="delivery_provider_id"
            ),
        ]
        indexes = [
            models.Index(fields=("next_at", "id"), condition=Q(state__in=("planned", "queued")), name="delivery_due"),
            models.Index(
                fields=("lease_until",), condition=Q(state__in=("claimed", "sending")), name="delivery_in_hand"
            ),
            models.Index(fields=("state", "updated_at"), name="delivery_by_state"),
            models.Index(fields=("campaign", "state"), name="delivery_by_campaign"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class DeliveryEvent(models.Model):
    """One move of a delivery; append-only."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="events")
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12)
    claim_no = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()
    cause = models.CharField(_("cause"), max_length=300, blank=True)

    class Meta:
        ordering = ("delivery", "id")
        verbose_name = _("delivery event")
        verbose_name_plural = _("delivery events")
        triggers = [pgtrigger.Protect(name="delivery_event_append_only", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.from_state}->{self.to_state}"
