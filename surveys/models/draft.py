"""What people did to a draft: every state it had, so that nothing is lost and everything can be undone."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from surveys.models.questionnaire import SurveyVersion


class DraftEdit(models.Model):
    """One saved state of a draft. Undoing appends: a row that restores a former one, never a row less."""

    version = models.ForeignKey(SurveyVersion, models.CASCADE, related_name="edits")
    revision = models.PositiveIntegerField(_("revision"))
    document = models.JSONField(_("document"))
    label = models.CharField(_("what was done"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))
    before = models.PositiveIntegerField(null=True, help_text=_("the revision that undoing leads to"))
    restores = models.PositiveIntegerField(null=True, help_text=_("the revision that this undoing or redoing restored"))
    redo = ArrayField(models.PositiveIntegerField(), default=list, help_text=_("revisions to redo, next first"))

    class Meta:
        ordering = ("version", "-revision")
        verbose_name = _("edit of a draft")
        verbose_name_plural = _("edits of drafts")
        constraints = [
            models.UniqueConstraint(fields=("version", "revision"), name="draft_edit_revision"),
            models.CheckConstraint(
                condition=Q(before__isnull=True) | Q(before__lt=F("revision")), name="draft_edit_before"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} r{self.revision}"
