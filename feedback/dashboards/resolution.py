"""First-contact resolution of a journey: measured, logged and reported side by side."""

import dataclasses
from datetime import datetime

import numpy as np

from feedback.dashboards import words_contacts
from feedback.dashboards.addition import Value
from feedback.insights.calls import FOLLOWS_WITHIN, in_order, micros
from feedback.insights.resolution import Agreement, first_contact_resolution
from feedback.insights.shares import Share
from feedback.insights.suppression import small_cell, too_few
from feedback.queries.contacts import Contacts

YES_FROM = 50.0


def fcr_value(contacts: Contacts, data_end: datetime, suppressed: list[Value]) -> Value:
    """The three shares over the first contacts of all issues, McNemar and kappa of measured against reported."""
    found = in_order(contacts.calls)
    firsts = contacts.take(found.first)
    ripe = firsts.calls.over <= micros(data_end - FOLLOWS_WITHIN)
    judged = ripe if ripe.any() else np.ones(len(firsts), dtype=bool)  # provisional then, and said so by `judged`
    told = np.where(np.isfinite(firsts.told), firsts.told >= YES_FROM, np.nan)
    shares = first_contact_resolution(
        (found.contacts[judged] == 1).astype(np.float64),
        firsts.resolved[judged],
        told[judged],
        firsts.calls.customer[judged],
    )
    value: Value = {
        "measured": _share("measured", shares.measured, suppressed),
        "logged": _share("logged", shares.logged, suppressed),
        "reported": _share("reported", shares.reported, suppressed),
        **_agreement(shares.agreement),
        "within_days": FOLLOWS_WITHIN.days,
        "judged": bool(ripe.any()),
        "left_out": len(firsts) - int(judged.sum()),
    }
    value["sentence"] = words_contacts.fcr_sentence(value)
    return value


def _share(name: str, share: Share, suppressed: list[Value]) -> Value:
    value: Value = dataclasses.asdict(share)
    if 0 < share.n < small_cell():
        suppressed.append({"cell": f"fcr.{name}", "reason": too_few()})
        return dict.fromkeys(value)
    return value


def _agreement(found: Agreement | None) -> Value:
    n = 0 if found is None else found.both_yes + found.only_first + found.only_second + found.both_no
    if found is None or n < small_cell():
        return {"mcnemar": None, "kappa": None}
    table = {
        "both_yes": found.both_yes,
        "only_measured": found.only_first,
        "only_reported": found.only_second,
        "both_no": found.both_no,
    }
    return {"mcnemar": {"statistic": found.statistic, "p": found.p, "n": n, **table}, "kappa": found.kappa}
