"""E-mail addresses and phone numbers: one written form for sending, one keyed hash for looking up."""

import hmac
import re
import unicodedata
from typing import Final, Literal

import idna
import phonenumbers

Kind = Literal["email", "phone"]

MAX_EMAIL: Final = 254
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_SEPARATORS = re.compile(r"[,;<>\"\s]")


class AddressError(ValueError):
    """The text is not one address that can be written to; the message says what to mend."""


def normalise_email(raw: str) -> str:
    """One plain address: blanks trimmed, domain in lower-case ASCII (IDNA 2008), local part as written."""
    text = _clean(raw)
    if text.count("@") != 1 or _SEPARATORS.search(text):
        raise AddressError(f"{_show(raw)} is not one e-mail address: write one address, such as name@example.com.")
    local, _, domain = text.partition("@")
    if len(local) > 64 or not _LOCAL.fullmatch(local):
        raise AddressError(
            f"{_show(raw)} has characters before the @ that cannot be written to: "
            "use letters, digits, dots, hyphens or plus signs."
        )
    address = f"{local}@{_domain(domain, raw)}"
    if len(address) > MAX_EMAIL:
        raise AddressError(f"{_show(raw)} is longer than {MAX_EMAIL} characters.")
    return address


def normalise_phone(raw: str, region: str | None = None) -> str:
    """The number in E.164 (+491701234567). `region` (ISO country) is used where the number has no + in front."""
    text = _clean(raw)
    if re.search(r"[,;\n]|[A-Za-z]{2}", text) or text.count("+") > 1:
        raise AddressError(f"{_show(raw)} is not one phone number: write one number, such as +49 170 1234567.")
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        hint = "" if region else ", with + and the country code in front"
        raise AddressError(f"{_show(raw)} is not a phone number: write digits{hint}.") from None
    if not phonenumbers.is_valid_number(number):
        raise AddressError(f"{_show(raw)} is not a number in use in any country: check its digits and country code.")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def country_of_phone(e164: str) -> str | None:
    """ISO country of a number in E.164, or None where it cannot be told (+1 800, satellite)."""
    region = phonenumbers.region_code_for_number(phonenumbers.parse(e164, None))
    return region if region and region != "001" else None


def is_mobile(e164: str) -> bool:
    """Whether text messages reach the number: mobile, or where mobile and fixed numbers look alike (North America)."""
    kinds = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    return phonenumbers.number_type(phonenumbers.parse(e164, None)) in kinds


def lookup_hash(kind: Kind, address: str, key: bytes) -> bytes:
    """HMAC-SHA256 (32 bytes) of a normalised address: the look-up column, also of suppressions after erasure.

    E-mail is compared without regard to case: hardly any server tells Ann@ from ann@, and a customer who
    opted out must stay opted out.
    """
    if kind not in ("email", "phone"):
        raise ValueError(f'Unknown kind of address "{kind}": use email or phone.')
    form = address.lower() if kind == "email" else address
    return hmac.digest(key, f"{kind}\0{form}".encode(), "sha256")


def _clean(raw: str) -> str:
    """Trimmed text without invisible characters at its ends; control characters and line breaks are refused."""
    text = unicodedata.normalize("NFKC", raw).strip(" \t\u200b\u200e\u200f\u202a\u202c\ufeff")
    if any(unicodedata.category(char) in ("Cc", "Zl", "Zp", "Cs") for char in text):
        raise AddressError(f"{_show(raw)} has a line break or control character in it: remove it.")
    return text


def _domain(domain: str, raw: str) -> str:
    try:
        encoded = idna.encode(domain, uts46=True, std3_rules=True).decode("ascii").lower()
    except idna.IDNAError:
        encoded = ""
    labels = encoded.split(".")
    if len(labels) < 2 or not all(labels) or labels[-1].isdigit():
        raise AddressError(f"{_show(raw)} has no valid domain after the @: write it in full, such as example.com.")
    return encoded


def _show(raw: str) -> str:
    """The input, safe and short enough to stand in a message."""
    return ascii(raw if len(raw) <= 80 else raw[:77] + "...")
