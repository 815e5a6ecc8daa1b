"""Which reasons bring customers back: contacts about what the one before left open, ranked (C72)."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from feedback.dashboards.addition import Value
from feedback.dashboards.parts import share_value
from feedback.dashboards.words_contacts import percent
from feedback.insights.avoidable import Avoidable, all_avoidable, avoidable_contacts
from feedback.insights.calls import FOLLOWS_WITHIN, in_order
from feedback.insights.suppression import complementary, small_cell, too_few
from feedback.queries.contacts import Contacts


def avoidable_value(contacts: Contacts, owners: Mapping[str, str | None], suppressed: list[Value]) -> Value | None:
    """`avoidable`: all, then reasons with the most contacts that came back first; null under 5 customers.

    owners: of each reason, the department of the stage that most of its contacts were at.
    """
    found = in_order(contacts.calls)
    whole = all_avoidable(found, ~contacts.by_us, contacts.handled, contacts.stage.codes)
    if whole.customers < small_cell():
        return None
    rows = avoidable_contacts(found, ~contacts.by_us, contacts.handled, contacts.stage.codes)
    shown = [
        _row(row, owners.get(row.reason), hide, suppressed)
        for row, hide in zip(rows, complementary([row.customers for row in rows]), strict=True)
    ]
    shown.sort(key=lambda row: row["again"] is None)
    value = {"again": share_value(whole.again), "minutes": whole.minutes, "within_days": FOLLOWS_WITHIN.days}
    return value | {"reasons": shown, "sentence": _sentence(value, shown)}


def _row(row: Avoidable, owner: str | None, hide: bool, suppressed: list[Value]) -> Value:
    if hide:
        suppressed.append({"cell": f"avoidable.{row.reason}", "reason": too_few()})
        return {"reason": row.reason, "owner": owner, "again": None, "minutes": None, "state": "hidden"}
    state = "indicative" if row.again.n < 30 else "shown"
    return {
        "reason": row.reason,
        "owner": owner,
        "again": share_value(row.again),
        "minutes": row.minutes,
        "state": state,
    }


def _sentence(value: Value, rows: list[Value]) -> str:
    """How much of all demand came back, what it cost, and about what most of it was."""
    again = value["again"]
    facts = {key: percent(again[key]) for key in ("share", "lo", "hi")} | {"k": again["k"], "n": again["n"]}
    facts |= {"days": value["within_days"]}
    text = _(
        "%(k)s of %(n)s contacts (%(share)s, %(lo)s to %(hi)s) came back about the same reason, at the same stage, "
        "within %(days)s days."
    ) % (facts)
    if value["minutes"]:
        text += " " + _("They took %(hours)s hours of handling.") % {"hours": f"{value['minutes'] / 60:,.0f}"}
    most = next((row for row in rows if row["again"] and row["again"]["k"]), None)
    if most is None:
        return text
    facts = {"reason": most["reason"], "k": most["again"]["k"], "owner": most["owner"] or _("nobody")}
    return text + " " + _("Most were about “%(reason)s” (%(k)s). Owner: %(owner)s.") % facts
