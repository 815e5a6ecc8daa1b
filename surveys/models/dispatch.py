"""Sending as a whole: big sends, the switches that hold it, budgets, rates, and the mark that betrays a restore."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from surveys.enums import CampaignState, HoldCause
from surveys.models.journey import Journey
from surveys.models.rule import Rule


class Campaign(models.Model):
    """Asks that leave together, those of one rule and day or of a list; may be paused, resumed and cancelled."""

    name = models.CharField(_("name"), max_length=200)
    rule = models.ForeignKey(
        Rule, models.SET_NULL, null=True, blank=True, related_name="campaigns", verbose_name=_("rule")
    )
    day = models.DateField(_("day"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=CampaignState, default=CampaignState.RUNNING)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    changed_by = models.CharField(_("changed by"), max_length=150, blank=True)
    changed_at = models.DateTimeField(_("changed"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        constraints = [models.UniqueConstraint(fields=("rule", "day"), name="campaign_rule_day")]
        indexes = [models.Index(fields=("id",), condition=~Q(state=CampaignState.RUNNING), name="campaign_not_running")]

    def __str__(self) -> str:
        return self.name


class DispatchSwitch(models.Model):
    """Whether a part of sending is held, by whom and why. Scope: "" everything, a channel, or "sms:+491511"."""

    scope = models.CharField(_("scope"), max_length=20, unique=True, blank=True)
    paused = models.BooleanField(_("paused"), default=False)
    cause = models.CharField(_("cause"), max_length=10, choices=HoldCause, default=HoldCause.OPERATOR)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    changed_by = models.CharField(_("changed by"), max_length=150, blank=True)
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        ordering = ("scope",)
        verbose_name = _("dispatch switch")
        verbose_name_plural = _("sending: switches and campaigns")

    def __str__(self) -> str:
        return self.scope or "everything"

    @property
    def prefix(self) -> str:
        """How the numbers begin that it is about, where it is about some."""
        return self.scope.removeprefix("sms:")


class DispatchMark(models.Model):
    """What this database was when it last sent; another cluster, database or timeline means: restored (R19)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    installation = models.UUIDField(default=uuid.uuid4, editable=False)
    identity = models.CharField(max_length=120)

    class Meta:
        verbose_name = _("dispatch mark")
        verbose_name_plural = _("dispatch marks")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="dispatch_mark_one")]

    def __str__(self) -> str:
        return self.identity


class RateBucket(models.Model):
    """Tokens left for one provider or recipient domain ("provider:smtp", "domain:example.org"), as of `filled_at`."""

    key = models.CharField(max_length=280, primary_key=True)
    tokens = models.FloatField()
    filled_at = models.DateTimeField()

    class Meta:
        verbose_name = _("rate bucket")
        verbose_name_plural = _("rate buckets")

    def __str__(self) -> str:
        return self.key


class SmsPass(models.Model):
    """The right of one text message to leave, taken under a lock: what caps per number, prefix and day count (R17)."""

    delivery = models.OneToOneField("surveys.Delivery", models.CASCADE, related_name="sms_pass")
    journey = models.ForeignKey(Journey, models.SET_NULL, null=True, blank=True, related_name="+")
    phone_hash = models.BinaryField(max_length=32)
    prefix = models.CharField(max_length=8)
    segments = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("SMS pass")
        verbose_name_plural = _("SMS passes")
        indexes = [
            models.Index(fields=("phone_hash", "at"), name="sms_pass_number"),
            models.Index(fields=("prefix", "at"), name="sms_pass_prefix"),
            models.Index(fields=("at",), name="sms_pass_day"),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}: {self.segments}"


class BudgetAlert(models.Model):
    """That a day's SMS budget has reached a share (50, 80, 100 %), told once."""

    day = models.DateField(_("day"))
    journey = models.ForeignKey(Journey, models.CASCADE, null=True, blank=True, related_name="+")
    percent = models.PositiveSmallIntegerField(_("percent"))
    segments = models.PositiveIntegerField(_("SMS segments"))
    at = models.DateTimeField(_("at"))

    class Meta:
        ordering = ("-at",)
        verbose_name = _("budget alert")
        verbose_name_plural = _("budget alerts")
        constraints = [
            models.UniqueConstraint(
                fields=("day", "journey", "percent"), nulls_distinct=False, name="budget_alert_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.percent} %"
