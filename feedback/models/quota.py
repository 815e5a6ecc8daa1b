"""How many complete responses have taken a place in a quota of their survey."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from surveys.models import Survey


class QuotaCount(models.Model):
    """Goes up with the response that takes the place, in one transaction, and never beyond the quota's limit."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="quota_counts")
    code = models.CharField(_("quota"), max_length=60)
    taken = models.PositiveIntegerField(_("places taken"), default=0)

    class Meta:
        ordering = ("survey", "code")
        verbose_name = _("quota count")
        verbose_name_plural = _("quota counts")
        constraints = [models.UniqueConstraint(fields=("survey", "code"), name="quota_count_once")]

    def __str__(self) -> str:
        return f"{self.survey_id}/{self.code}: {self.taken}"
