"""Rows of the handle-time table: an agent, team or reason with AHT, handling until solved and recontact together."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from feedback.dashboards.addition import Value
from feedback.insights.calls import EPOCH, MICROSECOND, Issues, Names, in_order
from feedback.insights.handle_time import HandleTime, handle_times
from feedback.insights.shares import Share, wilson
from feedback.insights.suppression import too_few
from feedback.insights.trap import AgentHandling, Traps
from feedback.queries.contacts import Contacts

NUMBERS = (
    *("contacts", "issues", "aht", "tht", "contacts_per_issue", "ttr_hours"),
    *("recontact", "recontact_lo", "recontact_hi", "recontact_n"),
    *("ratio_aht", "ratio_aht_lo", "ratio_aht_hi", "ratio_tht", "ratio_tht_lo", "ratio_tht_hi", "index"),
    *("p", "p_mirror", "q"),
)


@dataclass(frozen=True, slots=True)
class Account:
    """Contacts by one name taken to account (agent, team or reason); customers by that name."""

    issues: Issues
    figures: Mapping[str, HandleTime]
    customers: Mapping[str, int]


def account(found: Issues, names: Names, data_end: datetime | None) -> Account:
    """The issues by another name; empty where nothing has one."""
    own = found.of(names)
    figures = {item.agent: item for item in handle_times(own, data_end) if item.agent}
    if not figures:
        return Account(in_order(own.calls.take(np.empty(0, np.int64))), {}, {})
    return Account(own, figures, _customers(own))


def _customers(found: Issues) -> dict[str, int]:
    """How many customers each name had contacts of; the contacts are in order of customer."""
    names = found.calls.agent
    order = np.argsort(names.codes, kind="stable")
    code, customer = names.codes[order], found.calls.customer[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (np.diff(code) != 0) | (np.diff(customer) != 0)
    counts = np.bincount(code[new], minlength=len(names.names))
    return dict(zip(names.names, counts.tolist(), strict=True))


def data_end(contacts: Contacts, now: datetime, window_end: datetime | None) -> datetime:
    """Until when a further contact would be known: now where contacts come in live, else the last one imported."""
    end = EPOCH + int(contacts.calls.over.max()) * MICROSECOND if contacts.imported else now
    return min(end, window_end) if window_end else end


def unjudged(traps: Traps) -> Traps:
    """The same numbers without verdicts: no contact has had the time to be followed."""
    agents = tuple(dataclasses.replace(item, p=None, p_mirror=None, q=None, finding=None) for item in traps.agents)
    return dataclasses.replace(traps, agents=agents, findings=())


def tested(level: str, item: AgentHandling, account: Account) -> Value:
    """A row whose case mix is taken out; minutes for aht and tht."""
    plain = account.figures[item.agent]
    return {
        level: item.agent,
        **_base(item.contacts, item.issues, item.aht, item.tht, item.contacts_per_issue, item.recontact),
        "ttr_hours": plain.ttr_hours,
        "ratio_aht": item.per_call.value,
        "ratio_aht_lo": item.per_call.lo,
        "ratio_aht_hi": item.per_call.hi,
        "ratio_tht": item.per_issue.value,
        "ratio_tht_lo": item.per_issue.lo,
        "ratio_tht_hi": item.per_issue.hi,
        "index": item.trap_index,
        "p": item.p,
        "p_mirror": item.p_mirror,
        "q": item.q,
        "finding": item.finding == "trap",
        "kind": item.finding,
        "state": "shown",
    }


def untested(level: str, item: HandleTime) -> Value:
    """A row with too few contacts for a comparison: only the numbers; none where every issue is too recent."""
    recontact = wilson(item.recontact_k, item.recontact_n)
    row: Value = {level: item.agent, **dict.fromkeys(NUMBERS), "finding": False, "kind": None, "state": "indicative"}
    if item.tht is None:  # handling of a call is never told without handling until solved
        return {**row, "contacts": item.contacts, "issues": 0, "state": "too_recent"}
    row |= _base(item.contacts, item.issues, item.aht, item.tht, item.contacts_per_issue, recontact)
    return {**row, "ttr_hours": item.ttr_hours}


def _base(
    contacts: int, issues: int, aht: float | None, tht: float | None, per_issue: float | None, recontact: Share
) -> Value:
    return {
        "contacts": contacts,
        "issues": issues,
        "aht": aht,
        "tht": tht,
        "contacts_per_issue": per_issue,
        "recontact": recontact.share,
        "recontact_lo": recontact.lo,
        "recontact_hi": recontact.hi,
        "recontact_n": recontact.n,
    }


def hidden(level: str, name: str) -> Value:
    """A row of which nothing may be told."""
    return {level: name, **dict.fromkeys(NUMBERS), "finding": False, "kind": None, "state": "hidden"}


def ordered(
    level: str, account: Account, traps: Traps | None, shown: Mapping[str, bool], suppressed: list[Value]
) -> list[Value]:
    """Every team or reason, least handling until solved first (case mix out where all can be compared), hidden last."""
    compared = {item.agent: item for item in traps.agents} if traps else {}
    rows = []
    for name in sorted(account.figures):
        if not shown[name]:
            suppressed.append({"cell": f"handle_time.{level}s.{name}", "reason": too_few()})
            rows.append(hidden(level, name))
        elif name in compared:
            rows.append(tested(level, compared[name], account))
        else:
            rows.append(untested(level, account.figures[name]))
    known = [row for row in rows if row["tht"] is not None]
    key = "ratio_tht" if all(row["ratio_tht"] is not None for row in known) else "tht"
    return sorted(rows, key=lambda row: (row["state"] == "hidden", row[key] is None, row[key] or 0.0, row[level]))
