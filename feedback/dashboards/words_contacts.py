"""Sentences about contacts: the handle-time trap, its mirror, and resolution from three sources (method 3.7, 3.8)."""

from urllib.parse import urlencode

from django.utils.translation import gettext as _

from feedback.dashboards.addition import Value
from feedback.dashboards.words import one, signed
from feedback.insights.shares import Share
from feedback.insights.trap import TrapFinding


def percent(share: float | None) -> str:
    """A share as percent with one decimal."""
    return "–" if share is None else f"{100 * share:.1f} %"


def rows_url(level: str, name: str) -> str:
    """The contacts of an agent or team."""
    return f"/admin/surveys/interaction/?{urlencode({f'{level}__exact': name})}"


def trap_sentence(level: str, finding: TrapFinding, row: Value) -> str:
    """The sentence of a finding; row: the same agent's (team's) line of the table, for the intervals."""
    facts = {
        "who": _("Agent %(name)s") % {"name": finding.agent} if level == "agent" else _team(finding.agent),
        "name": finding.agent,
        "call": _change(row, "ratio_aht"),
        "issue": _change(row, "ratio_tht"),
        "signed": _signed_change(row, "ratio_tht"),
        "aht": one(finding.aht),
        "peers": one(finding.peer_aht),
        "n": row["contacts"],
        "again": _rate(finding.recontact),
        "others": _rate(finding.peer_recontact),
    }
    if finding.kind == "trap":
        return (
            _(
                "%(who)s looks %(call)s faster per call (%(aht)s v %(peers)s min, %(n)s contacts) but customers who "
                "start with %(name)s need %(issue)s more handling until solved, because %(again)s call again within "
                "7 days (others %(others)s)."
            )
            % facts
        )
    return (
        _(
            "%(who)s takes %(call)s longer per call (%(aht)s v %(peers)s min, %(n)s contacts), but only %(again)s call "
            "again within 7 days (others %(others)s): until solved an issue takes %(signed)s against the others."
        )
        % facts
    )


def _team(name: str) -> str:
    return _("Team %(name)s") % {"name": name}


def _change(row: Value, key: str) -> str:
    """How far a ratio lies from 1, as percent without sign, with its interval in the same direction."""
    value, lo, hi = (None if row[name] is None else 100 * (row[name] - 1) for name in (key, f"{key}_lo", f"{key}_hi"))
    if value is None:
        return "–"
    if lo is None or hi is None:
        return f"{abs(value):.1f} %"
    low, high = (-hi, -lo) if value < 0 else (lo, hi)
    return _("%(value)s %% (%(lo)s to %(hi)s)") % {"value": one(abs(value)), "lo": one(low), "hi": one(high)}


def _signed_change(row: Value, key: str) -> str:
    """A ratio as percent more or less, with its interval."""
    value, lo, hi = (row[name] for name in (key, f"{key}_lo", f"{key}_hi"))
    if lo is None or hi is None:
        return f"{signed(100 * (value - 1))} %"
    facts = {name: signed(100 * (ratio - 1)) for name, ratio in (("value", value), ("lo", lo), ("hi", hi))}
    return _("%(value)s %% (%(lo)s to %(hi)s)") % facts


def _rate(share: Share) -> str:
    if share.lo is None:
        return percent(share.share)
    facts = {"share": percent(share.share), "lo": percent(share.lo), "hi": percent(share.hi)}
    return _("%(share)s (%(lo)s–%(hi)s)") % facts


def order_sentence(value: Value) -> str:
    """Who needs least handling until solved among the teams, beside who looks fastest; "" with fewer than two."""
    teams = [row for row in value["teams"] if row["state"] != "hidden" and row["tht"] is not None]
    if len(teams) < 2:
        return ""
    best, fastest = teams[0], min(teams, key=lambda row: (row["aht"], row["team"]))
    if best["team"] == fastest["team"]:
        return ""
    facts = {
        "fast": fastest["team"],
        "best": best["team"],
        "fast_aht": one(fastest["aht"]),
        "best_aht": one(best["aht"]),
        "fast_tht": one(fastest["tht"]),
        "best_tht": one(best["tht"]),
        "fast_per": one(fastest["contacts_per_issue"]),
        "best_per": one(best["contacts_per_issue"]),
        "fast_n": fastest["issues"],
        "best_n": best["issues"],
    }
    return (
        _(
            "Team %(fast)s looks faster per call (%(fast_aht)s v %(best_aht)s min), but team %(best)s needs less until "
            "solved: %(best_tht)s v %(fast_tht)s min in %(best_per)s v %(fast_per)s contacts an issue "
            "(%(best_n)s and %(fast_n)s issues)."
        )
        % facts
    )


def fcr_sentence(value: Value) -> str:
    """Logged beside measured, and reported where customers were asked; "" where nothing is shown."""
    measured = value["measured"]
    if measured["share"] is None:
        return ""
    facts = {
        "again": percent(1 - measured["share"]),
        "again_range": f"{percent(1 - measured['hi'])}–{percent(1 - measured['lo'])}",
        "days": value["within_days"],
        "measured": _interval(measured),
    }
    text = (
        _(
            "Customers called again in %(again)s (%(again_range)s) of cases within %(days)s days: "
            "measured first-contact resolution is %(measured)s."
        )
        % facts
    )
    if value["logged"]["share"] is not None:
        logged = _interval(value["logged"])
        text = _("Agents log %(logged)s solved at first contact.") % {"logged": logged} + " " + text
    if value["reported"]["share"] is not None:
        reported = _interval(value["reported"])
        text += " " + _("Customers themselves report %(reported)s.") % {"reported": reported}
    return text


def _interval(share: Value) -> str:
    facts = {"share": percent(share["share"]), "lo": percent(share["lo"]), "hi": percent(share["hi"]), "n": share["n"]}
    return _("%(share)s (%(lo)s–%(hi)s, n %(n)s)") % facts
