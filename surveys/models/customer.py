"""Customers and the addresses that must not be written to."""

import uuid
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedCharField

from surveys.enums import SuppressionReason


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
