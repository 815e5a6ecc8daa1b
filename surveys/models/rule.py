"""When a survey is asked, and how often a customer may be asked."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from surveys.enums import Trigger
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
    window = models.CharField(_("window"), max_length=80, default="Mon-Sat 09:00-19:00")
    channels = ArrayField(models.CharField(max_length=8), verbose_name=_("channels"))
    sample = models.FloatField(_("sampling probability"), default=1.0)
    life = models.DurationField(_("life of the link"))
    reminder = models.DurationField(_("reminder after"), null=True, blank=True)
    max_age = models.DurationField(_("ignore events older than"))
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ("survey", "order")
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        constraints = [
            models.UniqueConstraint(fields=("survey", "order"), name="rule_order"),
            models.CheckConstraint(condition=Q(sample__gt=0, sample__lte=1), name="rule_sample"),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id}: {self.trigger}"


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
