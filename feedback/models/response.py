"""What came back: responses and their narrow answers, each naming what it measures."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from feedback.enums import ResponseSource
from surveys.enums import Channel, Measures
from surveys.models import (
    Customer,
    Interaction,
    Invitation,
    JourneyRun,
    OpenLink,
    Question,
    Stage,
    Survey,
    SurveyVersion,
)


class Response(models.Model):
    """One customer's answers to one survey on one occasion."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    occasion_key = models.CharField(
        max_length=200, unique=True, help_text=_("invitation, submission or import key: one response each (R8)")
    )
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="responses")
    version = models.ForeignKey(SurveyVersion, models.PROTECT, related_name="responses")
    invitation = models.OneToOneField(Invitation, models.SET_NULL, null=True, blank=True, related_name="response")
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, blank=True, related_name="responses")
    run = models.ForeignKey(JourneyRun, models.CASCADE, null=True, blank=True, related_name="responses")
    interaction = models.ForeignKey(Interaction, models.SET_NULL, null=True, blank=True, related_name="responses")
    source = models.CharField(_("source"), max_length=10, choices=ResponseSource, default=ResponseSource.LINK)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    content_hash = models.BinaryField(max_length=32, help_text=_("tells a repeated post from another one"))
    weight = models.FloatField(_("weight"), null=True, blank=True)
    late = models.BooleanField(_("late"), default=False)
    complete = models.BooleanField(
        _("complete"), default=True, help_text=_("no: the customer left early, and what was saved counts")
    )
    open_link = models.ForeignKey(OpenLink, models.SET_NULL, null=True, blank=True, related_name="responses")
    hidden = models.JSONField(_("values from the address"), default=dict, blank=True)
    order = models.JSONField(_("random order drawn"), default=dict, blank=True)
    seconds = models.PositiveIntegerField(_("seconds taken to answer"), null=True, blank=True)
    asked_at = models.DateTimeField(_("asked"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered"), db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-answered_at", "-id")
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        constraints = [
            models.CheckConstraint(condition=~Q(occasion_key=""), name="response_occasion"),
            models.CheckConstraint(condition=Q(weight__isnull=True) | Q(weight__gt=0), name="response_weight"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class Answer(models.Model):
    """One answer: raw value, 0-100 value, and the stage, transition or journey that it measures."""

    response = models.ForeignKey(Response, models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, models.PROTECT, related_name="answers")
    run = models.ForeignKey(JourneyRun, models.CASCADE, null=True, blank=True, related_name="answers")
    measures = models.CharField(_("measures"), max_length=12, choices=Measures)
    stage = models.ForeignKey(Stage, models.PROTECT, null=True, blank=True, related_name="answers")
    to_stage = models.ForeignKey(Stage, models.PROTECT, null=True, blank=True, related_name="+")
    value = models.FloatField(_("value"), null=True, blank=True, help_text=_("as given, on the question's scale"))
    choices = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    score = models.FloatField(_("0-100"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered"))

    class Meta:
        ordering = ("response", "question__order")
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(fields=("response", "question"), name="answer_once"),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__gte=0, score__lte=100), name="answer_score_0_100"
            ),
            models.CheckConstraint(
                condition=Q(measures=Measures.STAGE, stage__isnull=False, to_stage__isnull=True)
                | Q(measures=Measures.TRANSITION, stage__isnull=False, to_stage__isnull=False)
                | Q(measures__in=(Measures.JOURNEY, Measures.RELATIONSHIP), stage__isnull=True, to_stage__isnull=True),
                name="answer_names_what_it_measures",
            ),
        ]
        indexes = [
            models.Index(fields=("run",), name="answer_of_run"),
            models.Index(fields=("question", "answered_at"), name="answer_by_question"),
        ]

    def __str__(self) -> str:
        return f"{self.question_id}: {self.value}"
