"""Sentences about time: what moved and when, what a change went with, which targets stand where."""

from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback.dashboards.keys import key
from feedback.dashboards.words import one, signed
from feedback.dashboards.words_contacts import percent

Value = dict[str, Any]

GENERIC = gettext_lazy("generic: no process change named")
NO_EFFECT = gettext_lazy("released, no effect on effort found")
OVERDUE = gettext_lazy("90 days have passed since the change, and it is still not judged.")
CHOSEN_AS_WORST = gettext_lazy(
    "The scope was chosen because it was the worst; the gain cannot be told apart from chance recovery."
)
CANNOT_MEASURE = gettext_lazy("Nothing on this journey is measured by %(measure)s: name a question, a wait or a score.")

STATUS = {
    "too_early": gettext_lazy("too early"),
    "not_enough": gettext_lazy("not enough answers"),
    "achieved": gettext_lazy("target reached"),
    "improved": gettext_lazy("improved, target not yet shown"),
    "no_clear_change": gettext_lazy("no clear change"),
    "worse": gettext_lazy("worse"),
    "chance_recovery": gettext_lazy("cannot be told apart from chance recovery"),
    "cannot_be_computed": gettext_lazy("cannot be computed"),
    "not_measured": gettext_lazy("not measured"),
    "no_target": gettext_lazy("no target set"),
}

CHARTS = {
    "ewma": gettext_lazy("outside its usual range since %(when)s"),
    "cusum": gettext_lazy("drifting away since %(when)s"),
}

RULES = {
    "detractor": gettext_lazy("Would not recommend (0 to 6)"),
    "low_csat": gettext_lazy("Dissatisfied (2 of 5 or less)"),
    "high_effort": gettext_lazy("Much effort (3 of 7 or less)"),
    "hidden_poor": gettext_lazy("Good at every stage, poor journey"),
    "wait_over_promise": gettext_lazy("Waits more than twice the promise"),
    "third_contact": gettext_lazy("Third contact about one thing"),
    "concern": gettext_lazy("Danger, harm or law in a comment"),
}

MEASURES = {
    "experience": gettext_lazy("Experience"),
    "service": gettext_lazy("Service"),
    "nps": gettext_lazy("NPS"),
    "elapsed_days": gettext_lazy("Journey time"),
    "steps": gettext_lazy("Steps"),
    "switches": gettext_lazy("Channel switches"),
    "repeats": gettext_lazy("Repeat contacts"),
    "contacts": gettext_lazy("Contacts"),
    "abandoned": gettext_lazy("Abandoned journeys"),
    "promise_kept": gettext_lazy("Promises kept"),
    "paperless": gettext_lazy("Paperless journeys"),
}


def loop_text(loop: Value) -> str:
    """How closing the loop goes: in time, solved, how fast, and how the same customers rate their next journey."""
    text = _(
        "Contacted within 48 hours: %(share)s (%(lo)s to %(hi)s) of %(n)s; solved: %(solved)s (%(low)s to %(high)s); "
        "could not be solved: %(failed)s."
    )
    shares = {
        name: percent(loop["contacted_in_time"][key]) for name, key in (("share", "share"), ("lo", "lo"), ("hi", "hi"))
    }
    shares |= {name: percent(loop["solved"][key]) for name, key in (("solved", "share"), ("low", "lo"), ("high", "hi"))}
    parts = [text % {**shares, "n": loop["contacted_in_time"]["n"], "failed": loop["not_solvable"]}]
    if loop["median_hours"] is not None:
        parts.append(_("Half are contacted within %(hours)s hours.") % {"hours": one(loop["median_hours"])})
    if again := loop["rescored"]:
        text = _(
            "The same customers' next journey: %(change)s points (%(lo)s to %(hi)s), %(n)s customers; "
            "low scores rise by themselves, too."
        )
        numbers = {"change": signed(again["value"]), "lo": signed(again["lo"]), "hi": signed(again["hi"])}
        parts.append(text % {**numbers, "n": again["n"]})
    return " ".join(parts)


def measure_name(code: str) -> str:
    """A measure in words; stages, waits and questions by their code."""
    return str(MEASURES.get(code, code.replace("->", " → ")))


def too_early(days: float) -> str:
    """Why a change cannot be judged yet."""
    text = _("Every journey must be followed for %(days)s days, and no whole week has been since the change.")
    return text % {"days": one(days)}


def in_unit(number: float | None, unit: str, signed: bool = False) -> str:
    """A value of a measure as screens show it."""
    if number is None:
        return "–"
    # Adding 0.0 makes -0.0 a 0.0: a difference that rounds to nothing has no sign.
    shown = round(100 * number if unit == "share" else number, 1) + 0.0
    text = f"{shown:{'+' if signed and shown else ''}.1f}"
    if unit == "share":
        return (_("%(n)s pp") if signed else _("%(n)s %%")) % {"n": text}
    return _("%(n)s d") % {"n": text} if unit == "days" else text


def period_name(period: str, by: str) -> str:
    """A week by its Monday, a month by its name."""
    day = date.fromisoformat(period if by == "week" else f"{period}-01")
    return date_format(day, "j M Y") if by == "week" else date_format(day, "F Y")


def alarm_text(series: Value) -> str:
    """Since when a chart has been out of its limits."""
    alarm = series["alarm"]
    return str(CHARTS[alarm["chart"]]) % {"when": period_name(alarm["period"], series["by"])}


def series_name(series: Value) -> str:
    """A series in words."""
    return str(MEASURES.get(series["series"], series["name"]))


def trend_key(series: Value) -> str:
    """The key of a series' test for a change."""
    return key("trend", series["series"], series["code"])


def change_key(row: Value, item: Value) -> str:
    """The key of one measure's test before and after an improvement."""
    return key("before_after", row["outcome"], row["changed_on"], row["improvement"], item["measure"])


def trend_findings(series: list[Value], journey: str) -> list[Value]:
    """One finding per change point that stands."""
    rows = f"/admin/feedback/runscore/?journey__code={journey}"
    return [
        {
            "text": _change_text(item),
            "kind": "trend",
            "owner": item["owner"],
            "n": item["change"]["n_before"] + item["change"]["n_after"],
            "rows_url": rows,
            "test": trend_key(item),
        }
        for item in series
        if item["change"] and item["change"]["finding"]
    ]


def _change_text(item: Value) -> str:
    change = item["change"]
    rose = _(
        "%(series)s rose by %(shift)s points (%(lo)s to %(hi)s; %(before)s answers before, %(after)s after) "
        "about %(when)s, between %(from)s and %(to)s."
    )
    fell = _(
        "%(series)s fell by %(shift)s points (%(lo)s to %(hi)s; %(before)s answers before, %(after)s after) "
        "about %(when)s, between %(from)s and %(to)s."
    )
    up = change["shift"] > 0
    ends = (change["lo"], change["hi"]) if up else (_negative(change["hi"]), _negative(change["lo"]))
    return (rose if up else fell) % {
        "series": series_name(item),
        "shift": one(abs(change["shift"])),
        "lo": one(ends[0]),
        "hi": one(ends[1]),
        "before": change["n_before"],
        "after": change["n_after"],
        "when": period_name(change["period"], item["by"]),
        "from": period_name(change["from"], item["by"]),
        "to": period_name(change["to"], item["by"]),
    }


def _negative(number: float | None) -> float | None:
    return None if number is None else -number


def change_findings(rows: list[Value], journey: str) -> list[Value]:
    """One finding per improvement of which a measure changed."""
    address = f"/admin/feedback/runscore/?journey__code={journey}"
    return [
        {
            "text": contrast_text(row, item),
            "kind": "before_after",
            "owner": row["owner"],
            "n": item["before"]["n"] + item["after"]["n"],
            "rows_url": address,
            "test": change_key(row, item),
        }
        for row in rows
        for item in row["contrasts"]
        if item["finding"]
    ]


def judged(item: Value) -> Value:
    """The contrast that counts: chance taken off, else against the comparison, else the same mix, else plain."""
    found = item["recovery"] or item["compared"] or item["case_mix"] or item["change"]
    return found or {"value": None, "lo": None, "hi": None, "p": None}


def contrast_text(row: Value, item: Value) -> str:
    """What a measure was after a change, with interval and numbers of journeys."""
    found, unit = judged(item), item["unit"]
    text = _(
        "After the change “%(name)s” of %(day)s, %(measure)s is %(change)s (%(lo)s to %(hi)s; %(before)s journeys "
        "before, %(after)s after)."
    )
    return text % {
        "name": row["improvement"],
        "day": date_format(date.fromisoformat(row["changed_on"]), "j M Y"),
        "measure": measure_name(item["measure"]),
        "change": in_unit(found["value"], unit, signed=True),
        "lo": in_unit(found["lo"], unit, signed=True),
        "hi": in_unit(found["hi"], unit, signed=True),
        "before": item["before"]["n"],
        "after": item["after"]["n"],
    }
