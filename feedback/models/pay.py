"""What people who serve customers are paid by: it drives what they do."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from feedback.enums import PaidMetric
from feedback.models.analysis import counts_moves


class PayMetric(models.Model):
    """A metric that pay or bonus of front-line staff depends on."""

    metric = models.CharField(_("metric"), max_length=16, choices=PaidMetric, unique=True)
    note = models.CharField(
        _("note"), max_length=200, blank=True, help_text=_("whom it is for, and how much it counts")
    )

    class Meta:
        ordering = ("metric",)
        verbose_name = _("metric used for pay")
        verbose_name_plural = _("metrics used for pay")
        triggers = [counts_moves("pay_metrics")]

    def __str__(self) -> str:
        return str(self.get_metric_display())
