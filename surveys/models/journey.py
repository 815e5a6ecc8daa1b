"""Journeys: versions, stages, transitions and the departments that own them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from surveys.enums import Phase, StageKind, VersionState
from surveys.models.frozen import frozen_child, frozen_version


class Department(models.Model):
    """Who owns a stage or a transition."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    parent = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="children")

    class Meta:
        ordering = ("name",)
        verbose_name = _("department")
        verbose_name_plural = _("departments")

    def __str__(self) -> str:
        return self.name


class Journey(models.Model):
    """What a customer sets out to get done, start to end."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=200)
    sender = models.JSONField(
        _("sender"), default=dict, blank=True, help_text=_("of mails: name, email, reply_to; empty: the installation's")
    )
    accent = models.CharField(
        _("accent colour"),
        max_length=7,
        blank=True,
        help_text=_("of its answer pages, as #0b5cad; refused where people could not read it. Blank: the usual blue"),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("code",)
        verbose_name = _("journey")
        verbose_name_plural = _("journeys")
        constraints = [
            models.CheckConstraint(condition=Q(accent__regex=r"^(#[0-9a-f]{6})?$"), name="journey_accent_is_a_colour")
        ]

    def __str__(self) -> str:
        return self.name


class JourneyVersion(models.Model):
    """The definition of a journey; frozen once published (a run needs a published version)."""

    journey = models.ForeignKey(Journey, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    state = models.CharField(max_length=10, choices=VersionState, default=VersionState.DRAFT)
    end_event = models.CharField(
        _("end event"), max_length=20, blank=True, help_text=_("stage_left, or blank: only inactivity or import")
    )
    end_stage_code = models.CharField(_("end stage"), max_length=60, blank=True)
    inactive_days = models.PositiveIntegerField(_("abandoned after days without event"), null=True, blank=True)
    promised_days = models.FloatField(_("promised days"), null=True, blank=True)
    needed_steps = models.PositiveIntegerField(_("steps needed"), null=True, blank=True)
    headline = models.CharField(
        _("headline question"),
        max_length=130,
        blank=True,
        help_text=_("question code of the end-to-end survey that measures the experience"),
    )
    options = models.JSONField(default=dict, blank=True, help_text=_("service_score, hidden_poor, min_gap, thresholds"))
    digest = models.CharField(max_length=64, blank=True, help_text=_("SHA-256 of the definition"))
    published_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("journey", "-number")
        verbose_name = _("journey version")
        verbose_name_plural = _("journey versions")
        constraints = [
            models.UniqueConstraint(fields=("journey", "number"), name="journey_version_number"),
            models.UniqueConstraint(
                fields=("journey",), condition=Q(state="published"), name="journey_one_published_version"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(published_at__isnull=False), name="journey_version_published_at"
            ),
            models.CheckConstraint(
                condition=Q(promised_days__isnull=True) | Q(promised_days__gt=0), name="journey_promise_positive"
            ),
        ]
        triggers = frozen_version("journey")

    def __str__(self) -> str:
        return f"{self.journey_id} v{self.number}"


class Stage(models.Model):
    """An ordered step of a journey version."""

    version = models.ForeignKey(JourneyVersion, models.CASCADE, related_name="stages")
    code = models.SlugField(_("code"), max_length=60)
    order = models.PositiveIntegerField(_("order"))
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=12, choices=StageKind, default=StageKind.SERVICE)
    phase = models.CharField(_("phase"), max_length=14, choices=Phase, default=Phase.PURCHASE)
    owner = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="stages", verbose_name=_("owner")
    )
    channel = models.CharField(_("channel"), max_length=40, blank=True)
    human = models.BooleanField(_("staffed by people"), default=True)
    optional = models.BooleanField(_("optional"), default=False)
    third_party = models.BooleanField(_("third party"), default=False)
    promised_days = models.FloatField(_("promised days"), null=True, blank=True)

    class Meta:
        ordering = ("version", "order")
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        constraints = [
            models.UniqueConstraint(fields=("version", "code"), name="stage_code"),
            models.UniqueConstraint(fields=("version", "order"), name="stage_order"),
            models.CheckConstraint(
                condition=Q(promised_days__isnull=True) | Q(kind=StageKind.WAIT, promised_days__gt=0),
                name="stage_promise_only_for_waits",
            ),
        ]
        triggers = [frozen_child("stage", "surveys_journeyversion", "version_id", "journey")]

    def __str__(self) -> str:
        return self.name


class Transition(models.Model):
    """The passage between two stages that are consecutive among those that can be entered."""

    version = models.ForeignKey(JourneyVersion, models.CASCADE, related_name="transitions")
    from_stage = models.ForeignKey(Stage, models.CASCADE, related_name="transitions_out")
    to_stage = models.ForeignKey(Stage, models.CASCADE, related_name="transitions_in")
    name = models.CharField(_("name"), max_length=200, blank=True)
    owner = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="transitions", verbose_name=_("owner")
    )
    promised_days = models.FloatField(_("promised days"), null=True, blank=True)

    class Meta:
        ordering = ("version", "from_stage__order", "to_stage__order")
        verbose_name = _("transition")
        verbose_name_plural = _("transitions")
        constraints = [
            models.UniqueConstraint(fields=("version", "from_stage", "to_stage"), name="transition_once"),
            models.CheckConstraint(condition=~Q(from_stage=F("to_stage")), name="transition_between_two_stages"),
            models.CheckConstraint(
                condition=Q(promised_days__isnull=True) | Q(promised_days__gt=0), name="transition_promise_positive"
            ),
        ]
        triggers = [frozen_child("transition", "surveys_journeyversion", "version_id", "journey")]

    def __str__(self) -> str:
        return f"{self.from_stage_id}->{self.to_stage_id}"
