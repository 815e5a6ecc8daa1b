"""What is computed at leisure and kept: comparisons, and counters that tell when their rows have moved."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from feedback.enums import AnalysisState
from surveys.models import Journey


class Analysis(models.Model):
    """One question about a journey (window, filters, language), with the newest answer and what it was made of."""

    journey = models.ForeignKey(Journey, models.CASCADE, related_name="analyses")
    query = models.JSONField(_("question"))
    query_hash = models.CharField(max_length=64, unique=True)
    standing = models.BooleanField(_("standing"), default=False, help_text=_("kept up to date without being asked for"))
    state = models.CharField(_("state"), max_length=8, choices=AnalysisState, default=AnalysisState.WAITING)
    progress = models.PositiveSmallIntegerField(_("progress, percent"), default=0)
    note = models.CharField(_("note"), max_length=300, blank=True)
    value = models.TextField(_("value"), blank=True, help_text=_("JSON as text, so that its bytes stay as computed"))
    comments = ArrayField(models.BigIntegerField(), default=list, blank=True, help_text=_("newest free texts, by id"))
    own = models.CharField(max_length=64, blank=True, help_text=_("fingerprint of the journey's definition and runs"))
    around = models.CharField(max_length=64, blank=True, help_text=_("fingerprint of all else that enters"))
    computed_at = models.DateTimeField(_("computed"), null=True, blank=True)
    began_at = models.DateTimeField(_("begun"), null=True, blank=True)
    seconds = models.FloatField(_("seconds"), null=True, blank=True)
    asked_at = models.DateTimeField(_("last asked for"), db_index=True)
    claim_no = models.PositiveIntegerField(default=0, help_text=_("fencing: goes up with every claim"))
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = _("kept comparison")
        verbose_name_plural = _("kept comparisons")
        constraints = [
            models.CheckConstraint(condition=Q(progress__lte=100), name="analysis_progress"),
            models.CheckConstraint(
                condition=Q(value="", computed_at__isnull=True) | (~Q(value="") & Q(computed_at__isnull=False)),
                name="analysis_value_has_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=("id",), condition=~Q(state="ready"), name="analysis_open"),
        ]

    def __str__(self) -> str:
        return f"{self.journey_id}: {self.query_hash[:12]}"


class DataRevision(models.Model):
    """How often the rows of one source were moved: `runs:<journey>`, `texts`, `outcomes` …; goes up, never down."""

    source = models.CharField(_("source"), max_length=60, primary_key=True)
    number = models.PositiveBigIntegerField(_("revision"), default=0)

    class Meta:
        ordering = ("source",)
        verbose_name = _("data revision")
        verbose_name_plural = _("data revisions")

    def __str__(self) -> str:
        return f"{self.source}: {self.number}"


def counts_moves(source: str) -> pgtrigger.Trigger:
    """A trigger for a model's Meta: every statement that moves its rows counts one up for the source.

    It lives in the database, so that an import, the admin, a cascade and hand-written SQL are all seen.
    """
    return pgtrigger.Trigger(
        name=f"moves_{source}",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            INSERT INTO feedback_datarevision (source, number) VALUES ('{source}', 1)
            ON CONFLICT (source) DO UPDATE SET number = feedback_datarevision.number + 1;
            RETURN NULL;
        """,  # noqa: S608 - the source is a word of ours
    )


def counts_deleted_runs() -> pgtrigger.Trigger:
    """A trigger for run rows: deleting them (a customer's erasure) counts one up for each journey that lost some.

    Written rows are counted by the one verb that writes them, at the end of its transaction: a trigger would hold the
    counter for the whole batch.
    """
    return pgtrigger.Trigger(
        name="moves_runs",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Delete,
        referencing=pgtrigger.Referencing(old="gone"),
        func="""
            INSERT INTO feedback_datarevision (source, number)
            SELECT 'runs:' || journey_id, 1 FROM (SELECT DISTINCT journey_id FROM gone ORDER BY journey_id) AS journeys
            ON CONFLICT (source) DO UPDATE SET number = feedback_datarevision.number + 1;
            RETURN NULL;
        """,
    )
