"""What the insights read: one row per journey run, rebuilt exactly from the answers and interactions."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from feedback.models.analysis import counts_deleted_runs
from surveys.models import Customer, Journey, JourneyRun


class RunScore(models.Model):
    """Stage scores, waits, steps and experience of one run."""

    run = models.OneToOneField(JourneyRun, models.CASCADE, primary_key=True, related_name="score")
    journey = models.ForeignKey(Journey, models.CASCADE, related_name="+")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    at = models.DateTimeField(_("ended, or last event"))
    outcome = models.CharField(max_length=10)
    segment = models.CharField(max_length=80, blank=True)
    service = models.FloatField(_("service score"), null=True, help_text=_("mean of its service stages, 0-100"))
    service_stages = models.PositiveSmallIntegerField(default=0)
    experience = models.FloatField(_("experience score"), null=True, help_text=_("headline answer, 0-100"))
    weight = models.FloatField(_("weight"), null=True, help_text=_("of the end-to-end answer"))
    stage_scores = models.JSONField(default=dict, help_text=_("stage code: mean 0-100 of its headline answers"))
    ratings = models.JSONField(default=dict, help_text=_("survey.question: raw value"))
    weights = models.JSONField(default=dict, help_text=_("survey: response weight"))
    waits = models.JSONField(default=dict, help_text=_("a->b: days"))
    bad_times = models.PositiveSmallIntegerField(default=0)
    late_answers = models.PositiveSmallIntegerField(default=0)
    steps = models.PositiveIntegerField(default=0)
    switches = models.PositiveIntegerField(default=0)
    repeats = models.PositiveIntegerField(default=0)
    departments = models.PositiveIntegerField(default=0)
    contacts = models.PositiveIntegerField(default=0)
    elapsed_days = models.FloatField(null=True)
    handled_seconds = models.FloatField(null=True)
    computed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("run score")
        verbose_name_plural = _("run scores")
        indexes = [models.Index(fields=("journey", "at"), name="run_score_window")]
        triggers = [counts_deleted_runs()]

    def __str__(self) -> str:
        return str(self.run_id)
