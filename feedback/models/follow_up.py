"""Closing the loop with one customer."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from feedback.enums import CLOSED_STATES, FollowUpState, RootCause
from feedback.models.analysis import counts_moves
from surveys.models import Department, JourneyRun


class FollowUp(models.Model):
    """A promise to look into one run; closed by evidence: solved or not, what was done, and what it came from."""

    rule = models.CharField(_("rule"), max_length=60)
    run = models.ForeignKey(JourneyRun, models.CASCADE, related_name="follow_ups")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    department = models.ForeignKey(
        Department,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("department"),
        help_text=_("owns the stage or wait that it is about; empty: nobody"),
    )
    state = models.CharField(_("state"), max_length=12, choices=FollowUpState, default=FollowUpState.OPEN)
    opened_at = models.DateTimeField(_("opened"))
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    contacted_at = models.DateTimeField(_("contacted"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    root_cause = models.CharField(_("root cause"), max_length=30, choices=RootCause, blank=True)
    outcome = models.TextField(_("outcome"), blank=True, help_text=_("what was done, and what the customer was told"))

    class Meta:
        ordering = ("-opened_at",)
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        constraints = [
            models.UniqueConstraint(
                fields=("rule", "run"), condition=~Q(state__in=CLOSED_STATES), name="follow_up_one_open"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=CLOSED_STATES)
                | (Q(closed_at__isnull=False) & ~Q(outcome="") & Q(root_cause__in=RootCause.values)),
                name="follow_up_closed_by_evidence",
            ),
        ]
        triggers = [counts_moves("follow_ups")]

    def __str__(self) -> str:
        return f"{self.rule}: {self.run_id}"
