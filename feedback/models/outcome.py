"""What is to become better, by when, and by which change."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from feedback.enums import ImprovementKind
from feedback.models.analysis import counts_moves
from surveys.models import Journey


class Outcome(models.Model):
    """A customer outcome that the organisation wants, and how it is measured."""

    journey = models.ForeignKey(Journey, models.CASCADE, related_name="outcomes")
    code = models.SlugField(_("code"), max_length=60)
    statement = models.TextField(_("statement"))
    measure = models.CharField(_("measure"), max_length=60)
    level = models.CharField(
        _("level"), max_length=12, choices=[("service", _("service")), ("experience", _("experience"))]
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("journey", "code")
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")
        constraints = [models.UniqueConstraint(fields=("journey", "code"), name="outcome_code")]
        triggers = [counts_moves("outcomes")]

    def __str__(self) -> str:
        return self.statement[:80]


class Target(models.Model):
    """A value to reach by a date; its baseline is frozen once saved."""

    outcome = models.ForeignKey(Outcome, models.CASCADE, related_name="targets")
    baseline = models.FloatField(_("baseline"))
    baseline_lo = models.FloatField(_("baseline, lower limit"), null=True, blank=True)
    baseline_hi = models.FloatField(_("baseline, upper limit"), null=True, blank=True)
    baseline_from = models.DateField(_("baseline from"))
    baseline_to = models.DateField(_("baseline to"))
    value = models.FloatField(_("target"))
    due = models.DateField(_("due"))

    class Meta:
        ordering = ("outcome", "due")
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        constraints = [
            models.CheckConstraint(
                condition=Q(baseline_to__gte=models.F("baseline_from")), name="target_baseline_period"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="target_baseline_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("baseline", "baseline_lo", "baseline_hi", "baseline_from", "baseline_to"),
            ),
            counts_moves("targets"),
        ]

    def __str__(self) -> str:
        return f"{self.value} by {self.due}"


class Improvement(models.Model):
    """A change made to reach an outcome; evaluated later by before and after."""

    outcome = models.ForeignKey(Outcome, models.CASCADE, related_name="improvements")
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=ImprovementKind)
    changed_on = models.DateField(_("changed on"))
    scope = models.JSONField(_("scope"), default=dict, blank=True)
    process_measure = models.CharField(_("process measure"), max_length=60, blank=True)
    comparison = models.ForeignKey(
        Journey, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("comparison journey")
    )

    class Meta:
        ordering = ("-changed_on",)
        verbose_name = _("improvement")
        verbose_name_plural = _("improvements")
        triggers = [counts_moves("improvements")]

    def __str__(self) -> str:
        return self.name
