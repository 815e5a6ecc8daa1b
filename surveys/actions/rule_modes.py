"""Verbs of putting a rule in force, step by step: shadow, test, ramp, live. Every move is recorded with its reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cxsurvey.lib.refusals import Refused
from surveys.enums import RuleMode
from surveys.models import Customer, Rule, RuleMove
from surveys.queries.addresses import address_hashes


@dataclass(frozen=True)
class Mode:
    """A mode with what belongs to it: the customers of a test, or the asks a day of a ramp."""

    mode: RuleMode
    test: tuple[str, ...] = ()
    per_day: int | None = None


@transaction.atomic
def move_rule(rule: Rule, wanted: Mode, reason: str, by: str, now: datetime) -> bool:
    """Put the rule in this mode; False where it is so already. Refused where something is missing.

    What the rule noted while it was on trial never blocks a later ask; what it has asked stays asked.
    """
    _check(wanted, reason)
    row = Rule.objects.select_for_update(no_key=True).get(pk=rule.pk)
    before = Mode(RuleMode(row.mode), tuple(row.test_customers), row.per_day)
    rule.mode, rule.test_customers, rule.per_day = wanted.mode, list(wanted.test), wanted.per_day
    if before == wanted:
        return False
    rule.mode_since = now if before.mode != wanted.mode else row.mode_since
    rule.save(update_fields=["mode", "mode_since", "test_customers", "per_day"])
    _note(rule, before.mode, reason, by, now)
    return True


def note_new_rule(rule: Rule, by: str, now: datetime) -> None:
    """Record that the rule begins, in the mode that it has."""
    _note(rule, "", "new", by, now)


def customers_named(names: Iterable[str]) -> tuple[str, ...]:
    """The ids of customers named by id, whole e-mail address or phone number. Refused at the first unknown one."""
    found = []
    for name in names:  # a handful, typed by a person
        hashes = address_hashes(name)
        by_address = {f"{kind}_hash": digest for kind, digest in hashes.items()}
        known = Customer.objects.filter(external_id=name).first()
        known = known or (Customer.objects.filter(**by_address).order_by("pk").first() if by_address else None)
        if known is None:
            raise Refused(_("There is no customer with this id, e-mail address or phone number."), "test", name)
        found.append(known.external_id)
    return tuple(dict.fromkeys(found))


def _check(wanted: Mode, reason: str) -> None:
    if not reason.strip():
        raise Refused(_("Say why, in a few words."), "reason")
    if wanted.mode == RuleMode.TEST and not wanted.test:
        raise Refused(_("Name the customers of the test."), "test")
    if wanted.mode == RuleMode.RAMP and not wanted.per_day:
        raise Refused(_("Say how many may be asked a day: 1 or more."), "per_day")


def _note(rule: Rule, before: str, reason: str, by: str, now: datetime) -> None:
    RuleMove.objects.create(rule=rule, at=now, from_mode=before, to_mode=rule.mode, reason=reason[:200], by=by[:150])
