"""First-contact resolution of a journey: measured, logged and reported side by side."""

import dataclasses
from collections.abc import Sequence
from datetime import datetime

from feedback.dashboards import words_contacts
from feedback.dashboards.addition import Value
from feedback.insights.handle_time import FOLLOWS_WITHIN, HandledContact, chains
from feedback.insights.resolution import Agreement, first_contact_resolution
from feedback.insights.shares import Share
from feedback.insights.suppression import HIDDEN_BELOW
from feedback.queries.contacts import ContactRow, Told

YES_FROM = 50.0
MISSING = float("nan")


def fcr_value(rows: Sequence[ContactRow], told: Told, data_end: datetime, suppressed: list[Value]) -> Value:
    """The three shares over the first contacts of all issues, McNemar and kappa of measured against reported."""
    firsts = _first_contacts(rows)
    ripe = data_end - FOLLOWS_WITHIN
    judged = [(row, followed) for row, followed in firsts if (row.ended or row.started) <= ripe]
    judged = judged or firsts  # nothing is old enough: provisional, and said so by `judged`
    found = first_contact_resolution(
        [float(not followed) for _row, followed in judged],
        [MISSING if row.resolved is None else float(row.resolved) for row, _ in judged],
        [_told(row, told) for row, _ in judged],
        [row.customer for row, _ in judged],
    )
    value: Value = {
        "measured": _share("measured", found.measured, suppressed),
        "logged": _share("logged", found.logged, suppressed),
        "reported": _share("reported", found.reported, suppressed),
        **_agreement(found.agreement),
        "within_days": FOLLOWS_WITHIN.days,
        "judged": any((row.ended or row.started) <= ripe for row, _ in firsts),
        "left_out": len(firsts) - len(judged),
    }
    value["sentence"] = words_contacts.fcr_sentence(value)
    return value


def _first_contacts(rows: Sequence[ContactRow]) -> list[tuple[ContactRow, bool]]:
    """The contact that opened each issue, and whether another followed; by any channel, handled or not."""
    by_pk = {row.pk: row for row in rows}
    contacts = [
        HandledContact(row.customer, row.reason, str(row.pk), row.started, row.ended, row.handle_seconds or 0.0)
        for row in rows
    ]
    return [(by_pk[int(chain[0].agent)], len(chain) > 1) for chain in chains(contacts)]


def _told(row: ContactRow, told: Told) -> float:
    """What the customer said of this contact, else of its stage in the run; NaN: nothing."""
    score = told.by_contact.get(row.pk)
    if score is None and row.run is not None:
        score = told.by_run.get((row.run, row.stage), told.by_run.get((row.run, "")))
    return MISSING if score is None else float(score >= YES_FROM)


def _share(name: str, share: Share, suppressed: list[Value]) -> Value:
    value: Value = dataclasses.asdict(share)
    if 0 < share.n < HIDDEN_BELOW:
        suppressed.append({"cell": f"fcr.{name}", "reason": "fewer than 5"})
        return dict.fromkeys(value)
    return value


def _agreement(found: Agreement | None) -> Value:
    n = 0 if found is None else found.both_yes + found.only_first + found.only_second + found.both_no
    if found is None or n < HIDDEN_BELOW:
        return {"mcnemar": None, "kappa": None}
    table = {
        "both_yes": found.both_yes,
        "only_measured": found.only_first,
        "only_reported": found.only_second,
        "both_no": found.both_no,
    }
    return {"mcnemar": {"statistic": found.statistic, "p": found.p, "n": n, **table}, "kappa": found.kappa}
