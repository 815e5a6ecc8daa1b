"""Finding people by an address: only the keyed hash of a whole address can be looked up."""

from contextlib import suppress

from django.conf import settings

from cxsurvey.lib.addresses import AddressError, lookup_hash, normalise_email, normalise_phone


def address_hashes(text: str) -> dict[str, bytes]:
    """The look-up hash under "email" or "phone" where the text is one whole address; else nothing."""
    key = settings.ADDRESS_KEY.encode()
    found: dict[str, bytes] = {}
    with suppress(AddressError):
        if "@" in text:
            found["email"] = lookup_hash("email", normalise_email(text), key)
        else:
            found["phone"] = lookup_hash("phone", normalise_phone(text, settings.PHONE_REGION or None), key)
    return found
