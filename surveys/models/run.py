"""What happened: runs of a journey, their passages through stages, and every contact."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from surveys.enums import Initiator, RunOutcome
from surveys.models.customer import Customer
from surveys.models.journey import Journey, JourneyVersion, Stage


class JourneyRun(models.Model):
    """One customer going once through a journey."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    journey = models.ForeignKey(Journey, models.PROTECT, related_name="runs")
    version = models.ForeignKey(JourneyVersion, models.PROTECT, related_name="runs")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="runs")
    external_id = models.CharField(_("run"), max_length=120)
    started_at = models.DateTimeField(_("started"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    last_event_at = models.DateTimeField(_("last event"), db_index=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=RunOutcome, default=RunOutcome.OPEN)
    attributes = models.JSONField(_("attributes"), default=dict, blank=True)
    imported = models.BooleanField(_("imported"), default=False)
    stale = models.BooleanField(default=True, help_text=_("its run row must be computed again"))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-last_event_at", "-id")
        verbose_name = _("journey run")
        verbose_name_plural = _("journey runs")
        constraints = [
            models.UniqueConstraint(fields=("journey", "external_id"), name="run_external_id"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")), name="run_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(outcome=RunOutcome.OPEN, ended_at__isnull=True)
                | (~Q(outcome=RunOutcome.OPEN) & Q(ended_at__isnull=False)),
                name="run_open_until_ended",
            ),
        ]
        indexes = [
            models.Index(fields=("journey", "outcome", "last_event_at"), name="run_by_outcome"),
            models.Index(fields=("id",), condition=Q(stale=True), name="run_stale"),
        ]

    def __str__(self) -> str:
        return self.external_id


class StageVisit(models.Model):
    """One passage of a run through a stage, derived from its interactions (contract 3)."""

    run = models.ForeignKey(JourneyRun, models.CASCADE, related_name="visits")
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="visits")
    order = models.PositiveIntegerField(_("order"), help_text=_("position in the run's path"))
    visit = models.PositiveIntegerField(_("visit number"), default=1)
    entered_at = models.DateTimeField(_("entered"))
    left_at = models.DateTimeField(_("left"))
    bad_time = models.BooleanField(_("impossible times"), default=False)

    class Meta:
        ordering = ("run", "order")
        verbose_name = _("stage visit")
        verbose_name_plural = _("stage visits")
        constraints = [
            models.UniqueConstraint(fields=("run", "order"), name="visit_order"),
            models.CheckConstraint(
                condition=Q(left_at__gte=F("entered_at")) | Q(bad_time=True), name="visit_left_after_entered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.order}"


class Interaction(models.Model):
    """One contact: with people, a bot or a page; with or without a run."""

    reference = models.CharField(_("reference"), max_length=120, unique=True)
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="interactions")
    journey = models.ForeignKey(Journey, models.PROTECT, null=True, blank=True, related_name="interactions")
    run = models.ForeignKey(JourneyRun, models.CASCADE, null=True, blank=True, related_name="interactions")
    stage = models.ForeignKey(Stage, models.PROTECT, null=True, blank=True, related_name="interactions")
    started_at = models.DateTimeField(_("started"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    handle_seconds = models.FloatField(_("handle time, seconds"), null=True, blank=True)
    channel = models.CharField(_("channel"), max_length=40, blank=True)
    agent = models.CharField(_("agent"), max_length=80, blank=True)
    team = models.CharField(_("team"), max_length=80, blank=True)
    reason = models.CharField(_("reason"), max_length=120, blank=True)
    initiator = models.CharField(_("initiator"), max_length=10, choices=Initiator, default=Initiator.CUSTOMER)
    resolved = models.BooleanField(_("logged resolved"), null=True, blank=True)
    abandoned = models.BooleanField(_("abandoned"), default=False)
    load = models.FloatField(_("agent's concurrent cases"), null=True, blank=True)
    attributes = models.JSONField(_("attributes"), default=dict, blank=True)
    imported = models.BooleanField(_("imported"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-started_at", "-id")
        verbose_name = _("interaction")
        verbose_name_plural = _("interactions")
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="interaction_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(handle_seconds__isnull=True) | Q(handle_seconds__gte=0), name="interaction_handle_time"
            ),
            models.CheckConstraint(
                condition=Q(run__isnull=True) | Q(stage__isnull=False), name="interaction_of_a_run_has_a_stage"
            ),
        ]
        indexes = [
            models.Index(fields=("run", "started_at", "reference"), name="interaction_of_run"),
            models.Index(fields=("customer", "reason", "started_at"), name="interaction_chain"),
        ]

    def __str__(self) -> str:
        return self.reference
