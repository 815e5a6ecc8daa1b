"""When a survey is asked, how far that is in force, and how often a customer may be asked."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from surveys.enums import RuleMode, Trigger
from surveys.models.journey import Journey
from surveys.models.questionnaire import Survey


class Rule(models.Model):
    """What makes an ask of a survey due, when it may leave and how long it lives."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="rules", verbose_name=_("survey"))
    order = models.PositiveIntegerField(_("order"), default=1)
    trigger = models.CharField(_("trigger"), max_length=12, choices=Trigger)
    conditions = models.JSONField(
        _("conditions"), default=dict, blank=True, help_text=_("stage, resolved, channel …; outcomes; every, spread")
    )
    delay = models.DurationField(_("delay"))
    delay_after = models.CharField(
        _("delay counts from"), max_length=60, blank=True, help_text=_("attribute with a date; blank: from the event")
    )
    window = models.CharField(_("window"), max_length=80, default="Mon-Sat 09:00-19:00")
    channels = ArrayField(models.CharField(max_length=8), verbose_name=_("channels"))
    sample = models.FloatField(_("sampling probability"), default=1.0)
    strata = models.JSONField(
        _("sampling by class"), default=dict, blank=True, help_text=_("by: segment or attr.name; shares: per class")
    )
    life = models.DurationField(_("life of the link"))
    reminder = models.DurationField(_("reminder after"), null=True, blank=True)
    max_age = models.DurationField(_("ignore events older than"))
    active = models.BooleanField(_("active"), default=True)
    mode = models.CharField(_("mode"), max_length=8, choices=RuleMode, default=RuleMode.SHADOW)
    mode_since = models.DateTimeField(_("in this mode since"), default=timezone.now)
    test_customers = ArrayField(
        models.CharField(max_length=120), verbose_name=_("customers of the test"), default=list, blank=True
    )
    per_day = models.PositiveIntegerField(_("asks a day while ramped up"), null=True, blank=True)

    class Meta:
        ordering = ("survey", "order")
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        constraints = [
            models.UniqueConstraint(fields=("survey", "order"), name="rule_order"),
            models.CheckConstraint(condition=Q(sample__gt=0, sample__lte=1), name="rule_sample"),
            models.CheckConstraint(
                condition=~Q(mode=RuleMode.RAMP) | Q(per_day__isnull=False, per_day__gt=0), name="rule_ramp_a_day"
            ),
            models.CheckConstraint(
                condition=~Q(mode=RuleMode.TEST) | ~Q(test_customers=[]), name="rule_test_names_customers"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id}: {self.trigger}"


class RuleMove(models.Model):
    """One move of a rule to another mode: by whom and why; append-only."""

    rule = models.ForeignKey(Rule, models.CASCADE, related_name="moves")
    at = models.DateTimeField(_("time"))
    from_mode = models.CharField(_("from"), max_length=8, choices=RuleMode, blank=True)
    to_mode = models.CharField(_("to"), max_length=8, choices=RuleMode)
    reason = models.CharField(_("reason"), max_length=200)
    by = models.CharField(_("by"), max_length=150)

    class Meta:
        ordering = ("-at", "-id")
        verbose_name = _("move of a rule")
        verbose_name_plural = _("moves of rules")
        triggers = [pgtrigger.Protect(name="rule_move_append_only", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.from_mode}->{self.to_mode}"


class ContactPolicy(models.Model):
    """How often a customer may be asked; the row without journey is the installation's own."""

    journey = models.OneToOneField(Journey, models.CASCADE, null=True, blank=True, related_name="contact_policy")
    limits = models.JSONField(
        _("limits"), default=dict, help_text=_("kind or total: list of '1 per 14d'; keep_room_for: kind")
    )

    class Meta:
        verbose_name = _("contact policy")
        verbose_name_plural = _("contact policies")
        constraints = [
            models.UniqueConstraint(
                fields=("journey",), nulls_distinct=False, name="contact_policy_one_for_installation"
            ),
        ]

    def __str__(self) -> str:
        return str(self.journey_id or "installation")
