"""Surveys asked by text messages: where each stands, and the replies that came into it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from surveys.enums import CONVERSATION_LIVE, ConversationState, ReplyOutcome
from surveys.models.intake import ProviderCallback
from surveys.models.invitation import Invitation


class Conversation(models.Model):
    """One survey asked by text messages: the row is its whole state, so nothing is lost with a worker."""

    invitation = models.OneToOneField(Invitation, models.CASCADE, related_name="conversation")
    phone_hash = models.BinaryField(max_length=32)
    state = models.CharField(_("state"), max_length=10, choices=ConversationState, default=ConversationState.OPEN)
    question = models.CharField(_("question asked"), max_length=60, help_text=_("its code"))
    asked_again = models.BooleanField(_("asked again"), default=False, help_text=_("this question, after a reply"))
    step = models.PositiveSmallIntegerField(_("messages after the first"), default=0)
    started_at = models.DateTimeField(_("started"))
    heard_at = models.DateTimeField(_("last reply"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires"))

    class Meta:
        ordering = ("-started_at", "-id")
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        constraints = [
            models.UniqueConstraint(
                fields=("phone_hash",), condition=Q(state__in=CONVERSATION_LIVE), name="conversation_one_per_number"
            ),
            models.CheckConstraint(condition=~Q(question=""), name="conversation_asks"),
            models.CheckConstraint(condition=Q(state__in=ConversationState.values), name="conversation_state"),
        ]
        indexes = [
            models.Index(fields=("expires_at",), condition=Q(state__in=CONVERSATION_LIVE), name="conversation_live")
        ]

    def __str__(self) -> str:
        return str(self.invitation_id)


class Reply(models.Model):
    """One text message that came into a conversation; handled exactly once."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="replies")
    callback = models.OneToOneField(ProviderCallback, models.CASCADE, related_name="reply")
    step = models.PositiveSmallIntegerField(_("message replied to"), help_text=_("the last one that had left then"))
    question = models.CharField(_("question"), max_length=60, blank=True)
    outcome = models.CharField(_("outcome"), max_length=14, choices=ReplyOutcome, blank=True)
    handled_at = models.DateTimeField(_("handled"), null=True, blank=True)

    class Meta:
        ordering = ("conversation", "id")
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", handled_at__isnull=True) | (~Q(outcome="") & Q(handled_at__isnull=False)),
                name="reply_handled_with_outcome",
            )
        ]
        indexes = [models.Index(fields=("id",), condition=Q(handled_at__isnull=True), name="reply_waiting")]

    def __str__(self) -> str:
        return f"{self.conversation_id}: {self.outcome}"
