"""Customers and the addresses that must not be written to."""

import uuid
from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedCharField

from surveys.enums import Channel, NeverAskReason, StopReason, SuppressionReason


class AddressField(EncryptedCharField):  # type: ignore[misc]  # the library has no types
    """An encrypted text that may be blank: the library writes NULL for "", which the column refuses."""

    def get_prep_value(self, value: Any) -> str:
        return super().get_prep_value(value) or ""

    def deconstruct(self) -> Any:
        """In migrations it is the library's field: the column is the same."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "encrypted_fields.fields.EncryptedCharField", args, kwargs


class Customer(models.Model):
    """A person; addresses are encrypted, look-ups go through the hash columns."""

    external_id = models.CharField(_("customer"), max_length=120, unique=True)
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = AddressField(_("e-mail"), max_length=254, blank=True, default="")
    email_hash = models.BinaryField(max_length=32, null=True, blank=True, editable=False, db_index=True)
    phone = AddressField(_("phone"), max_length=20, blank=True, default="")
    phone_hash = models.BinaryField(max_length=32, null=True, blank=True, editable=False, db_index=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=60, blank=True)
    segment = models.CharField(_("segment"), max_length=80, blank=True, db_index=True)
    attributes = models.JSONField(_("attributes"), default=dict, blank=True, help_text=_("known for everybody"))
    consent_email = models.BooleanField(_("may be asked by e-mail"), default=False)
    consent_sms = models.BooleanField(_("may be asked by SMS"), default=False)
    basis_email = models.JSONField(
        _("basis of asking by e-mail"),
        default=dict,
        db_default={},
        blank=True,
        help_text=_("policy/basis.py; {}: none"),
    )
    basis_sms = models.JSONField(_("basis of asking by SMS"), default=dict, db_default={}, blank=True)
    preferred_channel = models.CharField(
        _("preferred channel"), max_length=8, choices=Channel, blank=True, db_default=""
    )
    refuses = ArrayField(
        models.CharField(max_length=24),
        verbose_name=_("does not want"),
        default=list,
        db_default=[],
        blank=True,
        help_text=_("channel:kind, such as sms:touchpoint"),
    )
    paused_until = models.DateTimeField(_("asks paused until"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("external_id",)
        verbose_name = _("customer")
        verbose_name_plural = _("customers")

    def __str__(self) -> str:
        return self.external_id


class Suppression(models.Model):
    """An address that must not be written to; keyed by hash, so that it survives erasure (R18)."""

    address_hash = models.BinaryField(max_length=32)
    channel = models.CharField(_("channel"), max_length=8, blank=True, help_text=_("blank: all channels"))
    reason = models.CharField(_("reason"), max_length=12, choices=SuppressionReason)
    source = models.CharField(_("source"), max_length=200, blank=True)
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        ordering = ("-since",)
        verbose_name = _("suppression")
        verbose_name_plural = _("suppressions")
        constraints = [
            models.UniqueConstraint(fields=("address_hash", "channel", "reason"), name="suppression_once"),
        ]

    def __str__(self) -> str:
        return f"{self.channel or 'all'}: {self.reason}"


class NeverAsk(models.Model):
    """A person who must not be asked, whatever the address; checked at the decision and again at the send."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="never_ask", verbose_name=_("customer"))
    reason = models.CharField(_("reason"), max_length=12, choices=NeverAskReason)
    note = models.CharField(_("note"), max_length=200, blank=True)
    by = models.CharField(_("by"), max_length=150, blank=True)
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True, help_text=_("blank: without end"))

    class Meta:
        ordering = ("-since",)
        verbose_name = _("never-ask flag")
        verbose_name_plural = _("never-ask flags")
        constraints = [
            models.UniqueConstraint(fields=("customer", "reason"), name="never_ask_once"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="never_ask_ends_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        return str(self.reason)


class PreferenceChange(models.Model):
    """What a customer chose on the preferences page, and why if he said so; append-only."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="preference_changes")
    at = models.DateTimeField(_("time"))
    source = models.CharField(_("source"), max_length=60)
    changes = models.JSONField(_("changes"), default=dict, help_text=_("what was chosen, by name"))
    why = models.CharField(_("why"), max_length=12, choices=StopReason, blank=True)

    class Meta:
        ordering = ("-at", "-id")
        verbose_name = _("change of preferences")
        verbose_name_plural = _("changes of preferences")
        triggers = [pgtrigger.Protect(name="preference_change_append_only", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.customer_id}: {', '.join(self.changes)}"
