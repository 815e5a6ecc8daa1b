"""Links that stay open: anybody who has one may answer, on a poster, in a shop, in a frame of another page."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from surveys.models.questionnaire import Survey


class OpenLink(models.Model):
    """One address of a survey that needs no invitation; a survey may have several, one for each place."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="open_links", verbose_name=_("survey"))
    slug = models.SlugField(_("address"), max_length=60, unique=True, help_text=_("the last part of /o/…/"))
    name = models.CharField(_("where it hangs"), max_length=120, blank=True)
    active = models.BooleanField(_("switched on"), default=True)
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    parameters = ArrayField(
        models.CharField(max_length=60),
        verbose_name=_("values taken from the address"),
        default=list,
        blank=True,
        help_text=_("names, separated by commas: desk, shop …; anything else in the address is left out"),
    )
    per_address = models.PositiveIntegerField(
        _("counted an hour from one network address"),
        default=5,
        help_text=_("more are kept apart as doubtful; raise it where many customers share a network"),
    )
    per_hour = models.PositiveIntegerField(
        _("counted an hour in all"), default=1000, help_text=_("more are kept apart as doubtful")
    )
    embed_origins = ArrayField(
        models.CharField(max_length=200),
        verbose_name=_("pages that may show it in a frame"),
        default=list,
        blank=True,
        help_text=_("https://www.example.org, separated by commas; empty: none"),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("slug",)
        verbose_name = _("open link")
        verbose_name_plural = _("open links")
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True) | Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="open_link_ends_after_start",
            ),
            models.CheckConstraint(condition=Q(per_address__gt=0, per_hour__gt=0), name="open_link_limits"),
        ]

    def __str__(self) -> str:
        return self.slug
