"""Surveys, their immutable versions, questions and choices."""

import uuid

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from surveys.enums import Measures, Metric, SurveyKind, VersionState
from surveys.models.frozen import frozen_child, frozen_version
from surveys.models.journey import Journey


class Survey(models.Model):
    """A questionnaire about one stage, one whole run, or the customer's bond."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=SurveyKind)
    journey = models.ForeignKey(
        Journey, models.PROTECT, null=True, blank=True, related_name="surveys", verbose_name=_("journey")
    )
    stage_code = models.CharField(_("stage"), max_length=60, blank=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    active = models.BooleanField(_("active"), default=True)
    answered = models.PositiveIntegerField(
        _("answered"), default=0, help_text=_("complete responses; told by feedback")
    )
    answering_seconds = models.FloatField(
        _("answering time, seconds"), null=True, blank=True, help_text=_("median as measured; told by feedback")
    )
    told_of = ArrayField(
        models.CharField(max_length=120),
        verbose_name=_("questions that findings used"),
        default=list,
        blank=True,
        help_text=_("codes; told by feedback"),
    )
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True, help_text=_("from then on nobody is asked"))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("code",)
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind=SurveyKind.TOUCHPOINT, journey__isnull=False) & ~Q(stage_code=""))
                | Q(kind=SurveyKind.END_TO_END, journey__isnull=False, stage_code="")
                | Q(kind=SurveyKind.RELATIONSHIP, stage_code=""),
                name="survey_kind_names_its_place",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.code


class SurveyVersion(models.Model):
    """One immutable document (questions, choices, texts per language) once published."""

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    state = models.CharField(max_length=10, choices=VersionState, default=VersionState.DRAFT)
    document = models.JSONField(default=dict, help_text=_("languages, headline, texts and questions"))
    digest = models.CharField(max_length=64, blank=True, help_text=_("SHA-256 of the document"))
    headline = models.CharField(_("headline question"), max_length=60, blank=True)
    revision = models.PositiveIntegerField(_("revision"), default=0, help_text=_("of a draft: goes up with every edit"))
    publish_at = models.DateTimeField(_("publish at"), null=True, blank=True)
    publish_problem = models.TextField(_("why it was not published"), blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("survey", "-number")
        verbose_name = _("survey version")
        verbose_name_plural = _("survey versions")
        constraints = [
            models.UniqueConstraint(fields=("survey", "number"), name="survey_version_number"),
            models.UniqueConstraint(
                fields=("survey",), condition=Q(state="published"), name="survey_one_published_version"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(published_at__isnull=False), name="survey_version_published_at"
            ),
        ]
        triggers = frozen_version("survey")

    def __str__(self) -> str:
        return f"{self.survey_id} v{self.number}"


class Question(models.Model):
    """One question of a version: what it measures and on which scale. Answers point here."""

    version = models.ForeignKey(SurveyVersion, models.CASCADE, related_name="questions")
    code = models.SlugField(_("code"), max_length=60)
    order = models.PositiveIntegerField(_("order"))
    kind = models.CharField(_("kind"), max_length=20)
    metric = models.CharField(_("metric"), max_length=20, choices=Metric, default=Metric.OTHER)
    measures = models.CharField(_("measures"), max_length=12, choices=Measures)
    stage_code = models.CharField(_("stage"), max_length=60, blank=True)
    to_stage_code = models.CharField(_("to stage"), max_length=60, blank=True, help_text=_("of a transition"))
    scale_min = models.FloatField(_("lowest value"), null=True, blank=True)
    scale_max = models.FloatField(_("highest value"), null=True, blank=True)
    reversed = models.BooleanField(_("low is good"), default=False)
    required = models.BooleanField(_("required"), default=False)
    headline = models.BooleanField(_("headline"), default=False)
    series = models.PositiveSmallIntegerField(
        _("series"), default=1, help_text=_("goes up where answers cannot be counted together with those before")
    )

    class Meta:
        ordering = ("version", "order")
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [
            models.UniqueConstraint(fields=("version", "code"), name="question_code"),
            models.UniqueConstraint(fields=("version", "order"), name="question_order"),
            models.UniqueConstraint(fields=("version",), condition=Q(headline=True), name="question_one_headline"),
            models.CheckConstraint(
                condition=Q(scale_min__isnull=True, scale_max__isnull=True) | Q(scale_max__gt=F("scale_min")),
                name="question_scale",
            ),
            models.CheckConstraint(
                condition=(Q(measures=Measures.STAGE, to_stage_code="") & ~Q(stage_code=""))
                | (Q(measures=Measures.TRANSITION) & ~Q(stage_code="") & ~Q(to_stage_code=""))
                | Q(measures__in=(Measures.JOURNEY, Measures.RELATIONSHIP), stage_code="", to_stage_code=""),
                name="question_measures",
            ),
        ]
        triggers = [frozen_child("question", "surveys_surveyversion", "version_id", "survey")]

    def __str__(self) -> str:
        return self.code


class Choice(models.Model):
    """One answer of a single- or multiple-choice question; its texts are in the version's document."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="choices")
    code = models.CharField(_("code"), max_length=60)
    order = models.PositiveIntegerField(_("order"))

    class Meta:
        ordering = ("question", "order")
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        constraints = [
            models.UniqueConstraint(fields=("question", "code"), name="choice_code"),
            models.UniqueConstraint(fields=("question", "order"), name="choice_order"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="frozen_choice",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                declare=[("parent_state", "text"), ("parent_id", "bigint")],
                func=pgtrigger.Func(
                    """
                    IF TG_OP = 'INSERT' THEN parent_id := NEW.question_id; ELSE parent_id := OLD.question_id; END IF;
                    SELECT v.state INTO parent_state FROM surveys_surveyversion v
                        JOIN surveys_question q ON q.version_id = v.id WHERE q.id = parent_id;
                    IF parent_state <> 'draft' THEN
                        RAISE EXCEPTION 'A published survey version cannot be changed: publish a new version.';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                    """
                ),
            )
        ]

    def __str__(self) -> str:
        return self.code
