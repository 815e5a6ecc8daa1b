"""What customers did afterwards: retention, spend, referrals."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from feedback.models.analysis import counts_moves
from surveys.models import Customer, JourneyRun


class CommercialRecord(models.Model):
    """One customer's behaviour in one period, which starts after the run that it follows."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="commercial_records")
    run = models.ForeignKey(JourneyRun, models.CASCADE, null=True, blank=True, related_name="commercial_records")
    period_start = models.DateField(_("period start"))
    period_end = models.DateField(_("period end"))
    retained = models.BooleanField(_("retained"), null=True, blank=True)
    spend = models.FloatField(_("spend"), null=True, blank=True)
    margin = models.FloatField(_("margin"), null=True, blank=True)
    referrals = models.PositiveIntegerField(_("referrals"), null=True, blank=True)

    class Meta:
        ordering = ("-period_start", "-id")
        verbose_name = _("commercial record")
        verbose_name_plural = _("commercial records")
        constraints = [
            models.UniqueConstraint(
                fields=("customer", "run", "period_start", "period_end"),
                nulls_distinct=False,
                name="commercial_period_once",
            ),
            models.CheckConstraint(condition=Q(period_end__gte=F("period_start")), name="commercial_period"),
        ]
        triggers = [counts_moves("commercial")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.period_start}"
