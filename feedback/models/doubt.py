"""What may come from a machine: clicks on links of messages, answers held back, and counters of posts."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from feedback.enums import ClickKind, Doubt, HeldState
from feedback.models.response import Response
from surveys.models import Invitation, OpenLink, Survey, SurveyVersion


class Click(models.Model):
    """One fetch of an answer link of a message. It is no answer; it only tells people from mail scanners."""

    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="clicks")
    kind = models.CharField(_("link"), max_length=6, choices=ClickKind)
    given = models.CharField(_("answer in the link"), max_length=130, blank=True)
    method = models.CharField(_("method"), max_length=8)
    address_hash = models.BinaryField(_("network address (hashed)"), max_length=32)
    agent = models.CharField(_("program"), max_length=200, blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        ordering = ("-id",)
        verbose_name = _("click on a message")
        verbose_name_plural = _("clicks on messages")

    def __str__(self) -> str:
        return f"{self.kind} {self.given}".strip()


class HeldResponse(models.Model):
    """Answers of which it is doubted that a person sent them. They never count unless somebody says so."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    occasion_key = models.CharField(max_length=200)
    content_hash = models.BinaryField(max_length=32, help_text=_("tells a repeated post from another one"))
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="held", verbose_name=_("survey"))
    version = models.ForeignKey(SurveyVersion, models.PROTECT, related_name="held")
    invitation = models.ForeignKey(Invitation, models.CASCADE, null=True, blank=True, related_name="held")
    open_link = models.ForeignKey(OpenLink, models.CASCADE, null=True, blank=True, related_name="held")
    posted = models.JSONField(_("as posted"), default=dict, help_text=_("field: values"))
    hidden = models.JSONField(_("values from the address"), default=dict, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    reasons = ArrayField(models.CharField(max_length=20, choices=Doubt), verbose_name=_("reasons"))
    times = models.PositiveIntegerField(_("times"), default=1)
    state = models.CharField(_("state"), max_length=10, choices=HeldState, default=HeldState.HELD)
    address_hash = models.BinaryField(_("network address (hashed)"), max_length=32)
    agent = models.CharField(_("program"), max_length=200, blank=True)
    held_at = models.DateTimeField(_("at"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("decided by"), related_name="+"
    )
    response = models.OneToOneField(Response, models.SET_NULL, null=True, blank=True, related_name="held")

    class Meta:
        ordering = ("-id",)
        verbose_name = _("doubtful answers")
        verbose_name_plural = _("doubtful answers")
        constraints = [
            models.UniqueConstraint(fields=("occasion_key", "content_hash"), name="held_response_once"),
            models.CheckConstraint(condition=~Q(reasons=[]), name="held_response_reasons"),
            models.CheckConstraint(
                condition=Q(state=HeldState.HELD) | Q(decided_at__isnull=False), name="held_response_decided_at"
            ),
        ]
        indexes = [models.Index(fields=("state", "held_at"), name="held_response_by_state")]

    def __str__(self) -> str:
        return str(self.public_id)


class HourCount(models.Model):
    """How often something happened in an hour or a minute; the database counts, so that no parallel post slips by."""

    key = models.CharField(max_length=120, unique=True)
    number = models.PositiveIntegerField(_("number"), default=1)
    until = models.DateTimeField(_("until"), db_index=True)

    class Meta:
        ordering = ("-until", "key")
        verbose_name = _("count of an hour")
        verbose_name_plural = _("counts of hours")

    def __str__(self) -> str:
        return self.key
