"""Answers on their way: what a customer has saved page by page, until the whole is sent or the link ends."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from surveys.models import Invitation, OpenLink, Survey, SurveyVersion


class PartialResponse(models.Model):
    """The answers so far of one occasion. Kept for a day after it is done, so that a repeated post is recognised."""

    occasion_key = models.CharField(max_length=200, unique=True)
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="partials", verbose_name=_("survey"))
    version = models.ForeignKey(SurveyVersion, models.PROTECT, related_name="partials")
    invitation = models.OneToOneField(Invitation, models.CASCADE, null=True, blank=True, related_name="partial")
    open_link = models.ForeignKey(OpenLink, models.CASCADE, null=True, blank=True, related_name="partials")
    answers = models.JSONField(
        _("answers so far"),
        default=dict,
        help_text=_('code: {"given": as typed, "revision": when it was last changed}'),
    )
    visited = models.JSONField(
        _("pages gone through"), default=list, help_text=_("lists of question codes, oldest first")
    )
    order = models.JSONField(_("random order drawn"), default=dict, blank=True)
    hidden = models.JSONField(_("values from the address"), default=dict, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    revision = models.PositiveIntegerField(_("revision"), default=0, help_text=_("goes up with every save"))
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    saved_at = models.DateTimeField(_("saved"))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-saved_at", "-id")
        verbose_name = _("partial response")
        verbose_name_plural = _("partial responses")
        constraints = [models.CheckConstraint(condition=~Q(occasion_key=""), name="partial_response_occasion")]
        indexes = [
            models.Index(fields=("saved_at",), condition=Q(done_at__isnull=True), name="partial_response_open"),
            models.Index(fields=("done_at",), condition=Q(done_at__isnull=False), name="partial_response_done"),
        ]

    def __str__(self) -> str:
        return self.occasion_key
