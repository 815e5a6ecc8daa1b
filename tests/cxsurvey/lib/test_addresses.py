"""Addresses: one form, one hash, one recipient."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsurvey.lib.addresses import AddressError, country_of_phone, lookup_hash, normalise_email, normalise_phone

KEY = b"a" * 32


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        ("  Ann.Lee+x@Example.COM ", "Ann.Lee+x@example.com"),
        ("info@Bücher.example", "info@xn--bcher-kva.example"),
        ("a@straße.de", "a@xn--strae-oqa.de"),
        ("\ufeffann@example.com\u200b", "ann@example.com"),
        ("a@例え.テスト", "a@xn--r8jz45g.xn--zckzah"),
    ],
)
def test_normalise_email_good_address_gives_plain_form(raw: str, normal: str) -> None:
    assert normalise_email(raw) == normal
    assert normalise_email(normal) == normal


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "ann",
        "ann@",
        "@example.com",
        "ann@example",
        "a@b@c.de",
        "a@example.com,b@example.com",
        "a@example.com; b@example.com",
        "Ann <a@example.com>",
        '"a b"@example.com',
        "a@example.com\r\nBcc: b@example.com",
        "a@exam\nple.com",
        "a\x00@example.com",
        "a\u2028b@example.com",
        "a@[127.0.0.1]",
        "a@127.0.0.1",
        "a..b@example.com",
        "é@example.com",
        "a@-x.com",
        "a" * 65 + "@example.com",
        "a@" + "b" * 64 + ".com",
        "a\ud800@example.com",
    ],
)
def test_normalise_email_not_one_address_is_refused(raw: str) -> None:
    with pytest.raises(AddressError) as caught:
        normalise_email(raw)
    assert str(caught.value).startswith(ascii(raw)) is True


def test_normalise_email_two_addresses_says_what_to_write() -> None:
    with pytest.raises(AddressError) as caught:
        normalise_email("a@b.de, c@d.de")
    assert str(caught.value) == (
        "'a@b.de, c@d.de' is not one e-mail address: write one address, such as name@example.com."
    )


@pytest.mark.parametrize(
    ("raw", "region", "normal"),
    [
        ("+49 170 1234567", None, "+491701234567"),
        ("0170/123 45 67", "DE", "+491701234567"),
        ("(415) 555-2671", "US", "+14155552671"),
        ("００４９ 170 1234567", "DE", "+491701234567"),
    ],
)
def test_normalise_phone_good_number_gives_e164(raw: str, region: str | None, normal: str) -> None:
    assert normalise_phone(raw, region) == normal


@pytest.mark.parametrize(
    ("raw", "region"),
    [
        ("", None),
        ("0170 1234567", None),
        ("123", "DE"),
        ("+1", None),
        ("+49 170 1234567, +49 170 1234568", None),
        ("+491701234567\n+491701234568", None),
        ("call me", "DE"),
        ("+49170\x00 1234567", None),
        ("+999123456789", None),
    ],
)
def test_normalise_phone_not_one_number_is_refused(raw: str, region: str | None) -> None:
    with pytest.raises(AddressError):
        normalise_phone(raw, region)


def test_country_of_phone_tells_country_or_none() -> None:
    assert country_of_phone("+491701234567") == "DE"
    assert country_of_phone("+80012345678") is None


def test_lookup_hash_ignores_case_of_email_and_separates_kinds_and_keys() -> None:
    assert lookup_hash("email", "Ann@example.com", KEY) == lookup_hash("email", "ann@example.com", KEY)
    others = {
        lookup_hash("email", "+491701234567", KEY),
        lookup_hash("phone", "+491701234567", KEY),
        lookup_hash("phone", "+491701234567", b"b" * 32),
    }
    assert sorted(len(value) for value in others) == [32, 32, 32]


@settings(max_examples=200)
@given(st.text(max_size=60))
def test_normalise_email_any_text_is_refused_or_one_clean_address(raw: str) -> None:
    try:
        address = normalise_email(raw)
    except AddressError:
        return
    assert (address.count("@"), address.isascii(), address.isprintable(), " " in address) == (1, True, True, False)
