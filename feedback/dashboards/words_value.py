"""Sentences about value: what scores go with later, what that may be worth, and the names of the scorecard's tiles."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback.dashboards.keys import key
from feedback.dashboards.words import one, signed
from feedback.insights.drivers import MIN_ROWS

Value = dict[str, Any]

CAVEATS = (
    gettext_lazy("Respondents only: of customers who did not answer nothing is known here."),
    gettext_lazy("Happier customers may stay for other reasons, and what they did later may colour what they say."),
    gettext_lazy("No experiment: these numbers say what goes together, not what brings about what."),
)

WARNINGS = {
    "separation": gettext_lazy(
        "In one band of scores all customers stayed, or none: too perfect for a calculation. "
        "Was the score written after the outcome?"
    ),
    "not_enough": gettext_lazy("Too few answers with a later outcome to relate scores to retention."),
    "few_customers": gettext_lazy("Fewer than 12 customers with a later outcome: no test."),
    "cannot_be_computed": gettext_lazy("Retention cannot be related to the scores: the calculation has no solution."),
}

LEFT_OUT = {
    "not_after_score": gettext_lazy("the period starts before the score"),
    "outside_window": gettext_lazy("the journey lies outside the window"),
}

SCORES = {"experience": gettext_lazy("Experience"), "service": gettext_lazy("Service")}

NO_REASON = {
    "nothing_named": gettext_lazy("nothing stands out"),
    "whole_only": gettext_lazy("asked about the whole only: no stage can be named"),
    "one_stage": gettext_lazy("only one stage is measured"),
}
KEPT_LEAST = ("promise_kept", "waiting")  # of these the wait is named whose promise is broken most

BLOCKS = {
    "touchpoint_service": gettext_lazy("Touchpoint service"),
    "end_to_end": gettext_lazy("End-to-end experience"),
    "mindset_and_feelings": gettext_lazy("Mindset and feelings"),
    "process": gettext_lazy("Process"),
    "loyalty_and_commercial": gettext_lazy("Loyalty and commercial"),
    "coverage": gettext_lazy("Coverage"),
    "closed_loop": gettext_lazy("Closed loop"),
    "outcomes": gettext_lazy("Outcomes"),
}

TILES = {
    "service": gettext_lazy("Service at the touchpoints"),
    "speed": gettext_lazy("Speed"),
    "knowledge": gettext_lazy("Knowledge"),
    "patience": gettext_lazy("Patience"),
    "accommodation": gettext_lazy("Accommodation"),
    "ease": gettext_lazy("Ease"),
    "fcr_measured": gettext_lazy("Solved at first contact, measured"),
    "fcr_logged": gettext_lazy("Solved at first contact, logged by agents"),
    "fcr_reported": gettext_lazy("Solved at first contact, said by customers"),
    "aht": gettext_lazy("Handling time per call"),
    "tht": gettext_lazy("Handling time until solved"),
    "recontact": gettext_lazy("Called again within 7 days"),
    "experience": gettext_lazy("Experience of the whole journey"),
    "gap": gettext_lazy("Gap (service minus experience)"),
    "nps": gettext_lazy("Net Promoter Score"),
    "ces": gettext_lazy("Customer effort, 0-100 (high: easy)"),
    "hidden_poor": gettext_lazy("Good at every stage, poor journey"),
    "receipt_confirmed": gettext_lazy("Receipt confirmed"),
    "knew_what_next": gettext_lazy("Knew what was next"),
    "knew_when": gettext_lazy("Knew when to hear from us"),
    "repeated_myself": gettext_lazy("Had to repeat themselves"),
    "elapsed_days": gettext_lazy("Journey time, median"),
    "steps": gettext_lazy("Steps"),
    "contacts": gettext_lazy("Contacts a journey"),
    "waiting": gettext_lazy("Time in which nobody works on it"),
    "linked": gettext_lazy("Contacts that belong to a journey"),
    "proactive": gettext_lazy("Contacts that we began"),
    "bad_journeys": gettext_lazy("Bad journeys, under 50"),
    "net_emotion": gettext_lazy("Net emotion, -100 to 100"),
    "response_within": gettext_lazy("Answered within the target time"),
    "ttr": gettext_lazy("Hours until solved"),
    "solved": gettext_lazy("Follow-ups solved"),
    "rescored": gettext_lazy("New score minus old after a follow-up"),
    "switches": gettext_lazy("Channel switches"),
    "repeats": gettext_lazy("Repeat contacts"),
    "promise_kept": gettext_lazy("Promised waits kept"),
    "paperless": gettext_lazy("Paperless journeys"),
    "abandoned": gettext_lazy("Abandoned journeys"),
    "retained": gettext_lazy("Customers who stayed"),
    "spend": gettext_lazy("Spend per period"),
    "referrals": gettext_lazy("Referrals per period"),
    "response": gettext_lazy("Answered the end-to-end survey"),
    "weighted_shift": gettext_lazy("Weighted minus un-weighted experience"),
    "silent": gettext_lazy("Share of customers hardly heard"),
    "unmeasured": gettext_lazy("Stages that are not measured"),
    "open": gettext_lazy("Open follow-ups"),
    "overdue": gettext_lazy("Overdue follow-ups"),
    "contacted_in_time": gettext_lazy("Contacted within 48 hours"),
    "median_hours": gettext_lazy("Hours until first contact, median"),
    "achieved": gettext_lazy("Targets reached"),
}


def stake_text(stake: Value) -> str:
    """Always a range, always with its condition."""
    text = _(
        "If the relation were causal, 10 points of experience would be worth %(value)s a period (%(low)s to %(high)s; "
        "%(customers)s customers, margin %(margin)s from %(n)s records)."
    )
    money = {name: f"{stake[name]:,.0f}" for name in ("value", "low", "high")}
    return text % {**money, "customers": stake["customers"], "margin": one(stake["margin"]), "n": stake["n"]}


def commercial_findings(commercial: Value | None, value: Value) -> list[Value]:
    """One finding per score that goes with retention."""
    rows = f"/admin/feedback/commercialrecord/?run__journey__code={value['journey']}"
    links = commercial["links"] if commercial else []
    return [
        {
            "text": link_text(link, commercial or {}),
            "kind": "commercial",
            "owner": value["owner"],
            "n": (commercial or {})["n"],
            "rows_url": rows,
            "test": key("commercial", link["code"]),
        }
        for link in links
        if link["finding"]
    ]


def link_text(link: Value, commercial: Value) -> str:
    """What 10 points of a score go with later."""
    effect = link["effect"]
    text = _(
        "10 points of %(score)s go with %(effect)s percentage points of customers who stay (%(lo)s to %(hi)s, "
        "%(n)s journeys of %(customers)s customers)."
    )
    return text % {
        "score": str(SCORES[link["code"]]).lower(),
        "effect": signed(100 * effect["value"]),
        "lo": signed(100 * effect["lo"]),
        "hi": signed(100 * effect["hi"]),
        "n": commercial["n"],
        "customers": commercial["customers"],
    }


def tile_name(code: str) -> str:
    """A tile in words."""
    return str(TILES.get(code, code))


def tile_number(number: float | None, unit: str) -> str:
    """A number of a tile in its unit; a dash where there is none."""
    if number is None:
        return "–"
    texts = {
        "share": f"{100 * number:.1f} %",
        "days": _("%(n)s d") % {"n": f"{number:.1f}"},
        "hours": _("%(n)s h") % {"n": f"{number:.1f}"},
        "minutes": _("%(n)s min") % {"n": f"{number:.1f}"},
        "money": f"{number:,.2f}",
    }
    if unit == "count":
        return f"{number:.0f}" if float(number).is_integer() else one(number)
    return texts.get(unit, one(number))


def why_text(tile: Value, value: Value) -> str:
    """Named drivers and stages in words, or that there is not enough to say."""
    if not tile["why"]:
        return ""
    if tile["why"] == ["not_enough"]:
        drivers = value["drivers"] or {}
        facts = {"n": drivers.get("n") or 0, "needed": drivers.get("needed") or MIN_ROWS}
        return _("not enough answers to say why (n = %(n)s, need %(needed)s)") % facts
    if tile["why"][0] in NO_REASON:
        return str(NO_REASON[tile["why"][0]])
    if tile["code"] in KEPT_LEAST:
        return _("kept least often: %(what)s") % {"what": _label(tile["why"][0], value)}
    return _("goes with: %(what)s") % {"what": ", ".join(_label(code, value) for code in tile["why"])}


def _label(code: str, value: Value) -> str:
    """The name of a driver or stage."""
    names = {f"stage:{stage['code']}": stage["name"] for stage in value["stages"]}
    names |= {f"wait:{t['from']}->{t['to']}": f"{t['from_name']} → {t['to_name']}" for t in value["transitions"]}
    names |= {item["code"]: item.get("label") or item["code"] for item in (value["drivers"] or {}).get("items", [])}
    return str(names.get(code, code))
