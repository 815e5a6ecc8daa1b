"""Free texts and what engines said of them; a new engine adds a score, it never replaces one."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from feedback.enums import SentimentLabel
from feedback.models.analysis import counts_moves
from feedback.models.response import Answer


class FreeText(models.Model):
    """The words of an answer; scored_at stays empty until the batch task has been there."""

    answer = models.OneToOneField(Answer, models.CASCADE, related_name="free_text")
    text = models.TextField(_("text"))
    language = models.CharField(_("language"), max_length=12, blank=True, help_text=_("of the form"))
    scored_at = models.DateTimeField(_("scored"), null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = _("free text")
        verbose_name_plural = _("free texts")
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="free_text_not_empty")]
        indexes = [models.Index(fields=("id",), condition=Q(scored_at__isnull=True), name="free_text_unscored")]

    def __str__(self) -> str:
        return self.text[:60]


class TextScore(models.Model):
    """The sentiment that one engine and version gave a text; append-only."""

    text = models.ForeignKey(FreeText, models.CASCADE, related_name="scores")
    engine = models.CharField(_("engine"), max_length=40)
    version = models.CharField(_("version"), max_length=40)
    language = models.CharField(_("detected language"), max_length=12, blank=True)
    polarity = models.FloatField(_("polarity"), null=True, blank=True, help_text=_("-1 to 1; empty: unsupported"))
    subjectivity = models.FloatField(_("subjectivity"), null=True, blank=True)
    label = models.CharField(_("label"), max_length=12, choices=SentimentLabel)
    confidence = models.FloatField(_("confidence"), null=True, blank=True)
    evidence = models.JSONField(_("evidence"), default=list, blank=True)
    scored_at = models.DateTimeField(_("scored"))

    class Meta:
        ordering = ("-id",)
        verbose_name = _("text score")
        verbose_name_plural = _("text scores")
        constraints = [
            models.UniqueConstraint(fields=("text", "engine", "version"), name="text_score_once"),
            models.CheckConstraint(
                condition=Q(polarity__isnull=True) | Q(polarity__gte=-1, polarity__lte=1), name="text_polarity"
            ),
            models.CheckConstraint(
                condition=~Q(label=SentimentLabel.UNSUPPORTED) | Q(polarity__isnull=True),
                name="text_unsupported_is_not_zero",
            ),
        ]
        triggers = [pgtrigger.Protect(name="text_score_append_only", operation=pgtrigger.Update), counts_moves("texts")]

    def __str__(self) -> str:
        return f"{self.engine} {self.label}"


class ThemeTag(models.Model):
    """A theme that a text mentions."""

    text = models.ForeignKey(FreeText, models.CASCADE, related_name="themes")
    theme = models.SlugField(_("theme"), max_length=60)
    polarity = models.FloatField(_("polarity"), null=True, blank=True)
    method = models.CharField(_("method"), max_length=40)
    confidence = models.FloatField(_("confidence"), null=True, blank=True)

    class Meta:
        ordering = ("text", "theme")
        verbose_name = _("theme tag")
        verbose_name_plural = _("theme tags")
        constraints = [models.UniqueConstraint(fields=("text", "theme", "method"), name="theme_once")]
        triggers = [counts_moves("themes")]

    def __str__(self) -> str:
        return self.theme
