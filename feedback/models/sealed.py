"""What customers wrote that is personal: how to reach them. Encrypted, never scored, gone with its answer."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedTextField

from feedback.models.response import Answer


class SealedText(models.Model):
    """The words of an answer that may identify somebody; the answer itself only says which parts were given."""

    answer = models.OneToOneField(Answer, models.CASCADE, related_name="sealed_text")
    text = EncryptedTextField(_("text"))

    class Meta:
        ordering = ("-id",)
        verbose_name = _("sealed text")
        verbose_name_plural = _("sealed texts")

    def __str__(self) -> str:
        return f"#{self.pk}"
