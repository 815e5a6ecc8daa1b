"""Customers as they are told from outside: made when unknown, changed where something else is told."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Final
from zoneinfo import available_timezones

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cxsurvey.lib.addresses import AddressError, lookup_hash, normalise_email, normalise_phone
from cxsurvey.lib.refusals import Refused, or_raise
from surveys.actions.follow_dates import follow_dates
from surveys.enums import LegalBasis
from surveys.models import Customer
from surveys.policy.basis import SOURCE_LENGTH, TEXT_LENGTH, Basis

BATCH: Final = 1_000
CONSENTS: Final = (("consent_email", "basis_email"), ("consent_sms", "basis_sms"))
PLAIN: Final = ("language", "time_zone", "segment", "consent_email", "consent_sms")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True)
class BasisIn:
    """What the consents told of a customer rest on; what is not told is a consent, given now.

    `source` alone (where the row came from) changes nothing of a basis that is known already.
    """

    basis: str | None = None
    source: str | None = None
    text: str | None = None
    at: datetime | None = None

    @property
    def is_told(self) -> bool:
        return bool(self.basis or self.text or self.at)


@dataclass(frozen=True)
class CustomerIn:
    """What is told of a customer; None is not told and leaves what is known, "" clears it."""

    external_id: str
    email: str | None = None
    phone: str | None = None
    language: str | None = None
    time_zone: str | None = None
    segment: str | None = None
    consent_email: bool | None = None
    consent_sms: bool | None = None
    basis: BasisIn = field(default_factory=BasisIn)
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CustomerTaken:
    """What became of one row."""

    id: int
    created: bool
    changed: bool


def upsert_customers(rows: Sequence[CustomerIn]) -> list[CustomerTaken]:
    """Make or change the customers, all or none; Refused at the first row that cannot be taken."""
    with transaction.atomic():
        return or_raise(take_customers(rows))


@transaction.atomic
def take_customers(rows: Sequence[CustomerIn]) -> list[CustomerTaken | Refused]:
    """Make or change every customer that can be taken; the result of each row, in order."""
    told = [_columns(row) for row in rows]
    good = [(row, each) for row, each in zip(rows, told, strict=True) if not isinstance(each, Refused)]
    known = lock_customers(row.external_id for row, _told in good)
    created = _insert([pair for pair in good if pair[0].external_id not in known])
    if len(known) < len({row.external_id for row, _told in good}):
        known |= lock_customers(row.external_id for row, _told in good if row.external_id not in known)
    changed = _update(good, known)
    follow_dates([known[name].pk for name in changed], (), timezone.now())
    return [
        each
        if isinstance(each, Refused)
        else CustomerTaken(known[row.external_id].pk, row.external_id in created, row.external_id in changed)
        for row, each in zip(rows, told, strict=True)
    ]


def _insert(rows: Sequence[tuple[CustomerIn, dict[str, Any]]]) -> set[str]:
    """Insert the unknown, in the order of their ids; the external ids inserted. One made meanwhile by others stays."""
    fresh: dict[str, Customer] = {}
    for row, told in rows:
        customer = fresh.setdefault(row.external_id, Customer(external_id=row.external_id))
        _apply(customer, told, row)
    ordered = [fresh[name] for name in sorted(fresh)]
    Customer.objects.bulk_create(ordered, ignore_conflicts=True, batch_size=BATCH)
    ours = {customer.public_id for customer in ordered}
    return set(Customer.objects.filter(public_id__in=ours).values_list("external_id", flat=True)) if ours else set()


def _update(rows: Sequence[tuple[CustomerIn, dict[str, Any]]], known: Mapping[str, Customer]) -> set[str]:
    """Write what differs from the rows known, only those columns; the external ids changed."""
    differing: dict[str, set[str]] = {}
    for row, told in rows:
        names = _apply(known[row.external_id], told, row)
        if names:
            differing.setdefault(row.external_id, set()).update(names)
    groups: dict[frozenset[str], list[Customer]] = {}
    for external_id, names in differing.items():
        groups.setdefault(frozenset(names), []).append(known[external_id])
    for columns, customers in groups.items():
        Customer.objects.bulk_update(customers, sorted(columns), batch_size=BATCH)
    return set(differing)


def set_addresses(customer: Customer, email: str | None = None, phone: str | None = None) -> list[str]:
    """Set addresses and their look-up hashes on the object; the names of the fields to save. None leaves one as it is.

    Refused when a text is no address.
    """
    fields = []
    for kind, text in (("email", email), ("phone", phone)):
        if text is not None:
            address, digest = _address(kind, text)
            setattr(customer, kind, address)
            setattr(customer, f"{kind}_hash", digest)
            fields += [kind, f"{kind}_hash"]
    return fields


def lock_customers(external_ids: Iterable[str]) -> dict[str, Customer]:
    """The customers of these ids, locked until the end of the transaction, always in the same order (no deadlock)."""
    rows = Customer.objects.filter(external_id__in=set(external_ids)).select_for_update(no_key=True).order_by("pk")
    return {row.external_id: row for row in rows.defer("email", "phone")}


def ensure_customers(external_ids: Iterable[str]) -> tuple[dict[str, Customer], set[str]]:
    """Like lock_customers, but unknown ones are made, without address: nobody can write to them yet.

    Also the names of those made, for forget_customers().
    """
    wanted = sorted(set(external_ids))
    known = lock_customers(wanted)
    missing = [Customer(external_id=name) for name in wanted if name not in known]
    if not missing:
        return known, set()
    Customer.objects.bulk_create(missing, ignore_conflicts=True, batch_size=BATCH)
    known |= lock_customers(row.external_id for row in missing)
    return known, {row.external_id for row in missing if known[row.external_id].public_id == row.public_id}


def forget_customers(names: Iterable[str]) -> None:
    """Remove customers that this transaction made for rows which were then refused: a row is taken whole or not."""
    wanted = set(names)
    if wanted:
        Customer.objects.filter(external_id__in=wanted).delete()


def check_id(text: str, column: str, most: int = 120) -> None:
    """Refused when a name given from outside is blank, too long or holds control characters."""
    if not text:
        raise Refused(_("It is blank: give a value."), column)
    if len(text) > most:
        raise Refused(_("It is longer than %(most)s characters.") % {"most": most}, column, text)
    if not text.isprintable():
        raise Refused(_("It holds a line break or control character: remove it."), column, ascii(text))


def check_language(text: str) -> None:
    """Refused when it is no language code."""
    if not _LANGUAGE.fullmatch(text) or len(text) > 12:
        raise Refused(_("It is not a language code: write one such as en or pt-BR."), "language", text)


def check_time(moment: datetime, column: str, now: datetime) -> None:
    """Refused without time zone, or when it lies more than a day ahead."""
    if moment.tzinfo is None:
        raise Refused(_("The time has no time zone: add an offset such as +01:00, or Z."), column, moment.isoformat())
    if (moment - now).total_seconds() > 86_400:
        raise Refused(_("The time lies in the future."), column, moment.isoformat())


def _columns(row: CustomerIn) -> dict[str, Any] | Refused:
    """The columns that the row tells, checked and normalised."""
    try:
        check_id(row.external_id, "customer")
        told = {name: getattr(row, name) for name in PLAIN if getattr(row, name) is not None}
        _check_plain(told)
        _check_basis(row.basis)
        for kind in ("email", "phone"):
            if getattr(row, kind) is not None:
                told[kind], told[f"{kind}_hash"] = _address(kind, getattr(row, kind))
    except Refused as refused:
        return refused
    return told


def _check_plain(told: Mapping[str, Any]) -> None:
    language, zone, segment = told.get("language", ""), told.get("time_zone", ""), told.get("segment", "")
    if language:
        check_language(language)
    if zone and zone not in _zones():
        raise Refused(_("It is not a time zone: write a name such as Europe/Berlin."), "time_zone", zone)
    if segment:
        check_id(segment, "segment", 80)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _address(kind: str, text: str) -> tuple[str, bytes | None]:
    """The normalised address and its look-up hash; nothing for a blank text."""
    if not text.strip():
        return "", None
    try:
        if kind == "email":
            address = normalise_email(text)
            return address, lookup_hash("email", address, settings.ADDRESS_KEY.encode())
        address = normalise_phone(text, settings.PHONE_REGION or None)
        return address, lookup_hash("phone", address, settings.ADDRESS_KEY.encode())
    except AddressError as trouble:
        raise Refused(str(trouble), kind, text) from None


def _apply(customer: Customer, told: Mapping[str, Any], row: CustomerIn) -> set[str]:
    """Set what differs and name it; addresses are compared by hash, so that nothing need be decrypted."""
    names = apply_bases(customer, told, row.basis)
    for name, value in told.items():
        known = None if name in ("email", "phone") else getattr(customer, name)
        if name in ("email", "phone") or (bytes(known) if isinstance(known, memoryview) else known) == value:
            continue
        setattr(customer, name, value)
        names.add(name)
        if name.endswith("_hash"):
            address = name.removesuffix("_hash")
            setattr(customer, address, told[address])
            names.add(address)
    merged = {**customer.attributes, **row.attributes}
    if merged != customer.attributes:
        customer.attributes = merged
        names.add("attributes")
    return names


def apply_bases(customer: Customer, told: Mapping[str, Any], basis: BasisIn) -> set[str]:
    """Set what the consents told rest on: new for a new consent, or where it is told anew; nothing for one withdrawn.

    The names of the fields to save.
    """
    names = set()
    for consent, column in CONSENTS:
        known = getattr(customer, column)
        wanted = known
        if told.get(consent) is False:
            wanted = {}
        elif told.get(consent) and not known:
            wanted = _basis(basis).document()
        elif told.get(consent) and basis.is_told:
            wanted = known | {name: value for name, value in _basis(basis).document().items() if _tells(basis, name)}
        if wanted != known:
            setattr(customer, column, wanted)
            names.add(column)
    return names


def _tells(basis: BasisIn, name: str) -> bool:
    return bool(getattr(basis, name))


def _basis(told: BasisIn) -> Basis:
    return Basis.of(told.source or "", told.at or timezone.now(), told.text or "", told.basis or "")


def _check_basis(told: BasisIn) -> None:
    if told.basis and told.basis not in LegalBasis.values:
        choices = ", ".join(LegalBasis.values)
        raise Refused(_("It must be one of %(choices)s.") % {"choices": choices}, "basis", told.basis)
    for name, most in (("source", SOURCE_LENGTH), ("text", TEXT_LENGTH)):
        if value := getattr(told, name):
            check_id(value, f"basis_{name}", most)
    if told.at:
        check_time(told.at, "basis_at", timezone.now())
