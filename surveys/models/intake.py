"""What comes in from outside and must have one effect: provider callbacks, idempotent requests, schedule slots."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ProviderCallback(models.Model):
    """A verified callback of a provider, stored raw first and processed later (R11)."""

    provider = models.CharField(_("provider"), max_length=40)
    event_id = models.CharField(_("event"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, help_text=_("status, inbound, mail or bounce"))
    payload = models.JSONField(default=dict)
    received_at = models.DateTimeField(_("received"))
    processed_at = models.DateTimeField(_("processed"), null=True, blank=True, db_index=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True, help_text=_("by a person"))
    settled_by = models.CharField(_("settled by"), max_length=150, blank=True)

    class Meta:
        ordering = ("-received_at",)
        verbose_name = _("provider callback")
        verbose_name_plural = _("provider callbacks")
        constraints = [models.UniqueConstraint(fields=("provider", "event_id"), name="callback_once")]

    def __str__(self) -> str:
        return f"{self.provider}/{self.event_id}"


class IdempotentRequest(models.Model):
    """The first answer to a request with an Idempotency-Key, returned again for the same key."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(_("key"), max_length=255)
    request_hash = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField(_("status"), null=True, blank=True, help_text=_("empty: in flight"))
    body = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("idempotent request")
        verbose_name_plural = _("idempotent requests")
        constraints = [models.UniqueConstraint(fields=("user", "key"), name="idempotency_key_once")]

    def __str__(self) -> str:
        return self.key


class JobRun(models.Model):
    """Whoever inserts the slot of a periodic job runs it (R7)."""

    job = models.CharField(_("job"), max_length=60)
    slot = models.DateTimeField(_("slot"))
    started_at = models.DateTimeField(auto_now_add=True)
    result = models.CharField(_("result"), max_length=200, blank=True)

    class Meta:
        ordering = ("-slot",)
        verbose_name = _("job run")
        verbose_name_plural = _("job runs")
        constraints = [models.UniqueConstraint(fields=("job", "slot"), name="job_slot_once")]

    def __str__(self) -> str:
        return f"{self.job} {self.slot:%Y-%m-%d %H:%M:%S}"


class ImportMapping(models.Model):
    """A named mapping of somebody's table to ours, from a programme file's `imports`."""

    name = models.SlugField(_("name"), max_length=60, unique=True)
    journey = models.ForeignKey("surveys.Journey", models.CASCADE, related_name="imports")
    document = models.JSONField(_("mapping"))

    class Meta:
        ordering = ("name",)
        verbose_name = _("import mapping")
        verbose_name_plural = _("import mappings")

    def __str__(self) -> str:
        return self.name
