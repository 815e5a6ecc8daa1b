"""What the owner of the installation is told by mail: each thing once."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from surveys.enums import AlertState


class Alert(models.Model):
    """One thing that the owner should know; the row is the job, and its key says it once."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField(max_length=200, unique=True)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"))
    state = models.CharField(_("state"), max_length=8, choices=AlertState, default=AlertState.WAITING)
    at = models.DateTimeField(_("time"))
    next_at = models.DateTimeField(_("next try"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.CharField(_("last error"), max_length=300, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        ordering = ("-at", "-id")
        verbose_name = _("word to the owner")
        verbose_name_plural = _("words to the owner")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=AlertState.SENT) | Q(sent_at__isnull=False), name="alert_sent_has_its_time"
            ),
        ]
        indexes = [
            models.Index(fields=("next_at",), condition=Q(state__in=("waiting", "sending")), name="alert_to_be_told")
        ]

    def __str__(self) -> str:
        return self.subject
