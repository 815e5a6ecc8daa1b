"""Sentences of a comparison, translatable; every number with interval and n, "goes with" and never "causes"."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feedback.insights.suppression import small_cell
from feedback.queries.run_table import Window

Value = dict[str, Any]


def one(number: float | None) -> str:
    """One decimal, as screens show it; a dash where nothing is shown."""
    return "–" if number is None else f"{number:z.1f}".replace("-", "−")


def signed(number: float | None) -> str:
    """A difference with its sign and one decimal; a dash where nothing is shown."""
    return "–" if number is None else f"{number:+z.1f}".replace("-", "−")


def two(number: float) -> str:
    """Two decimals, for a correlation."""
    return f"{number:z.2f}".replace("-", "−")


def duration(days: float | None) -> str:
    """A wait in the unit that people would use; a dash where there is none."""
    if days is None:
        return "–"
    if days >= 2 or days == 0:
        return _("%(n)s d") % {"n": f"{days:.1f}"}
    if days >= 1 / 12:
        return _("%(n)s h") % {"n": f"{24 * days:.1f}"}
    return _("%(n)s min") % {"n": f"{1440 * days:.0f}"}


def hidden_sentence() -> str:
    """Instead of any number of a filter that would tell of single people."""
    return _(
        "Nothing is shown: this filter or time leaves fewer than %(least)s customers, or fewer than %(least)s could be "
        "worked out by holding it against another view. Take a filter away or choose a longer time."
    ) % {"least": small_cell()}


def window_sentence(asked: Window, shown: Window) -> str:
    """Why a window is another one than was asked for; ends are the day after the last."""
    return _(
        "You asked for journeys that ended %(asked)s. Shown are those that ended %(shown)s: between two windows "
        "that can be chosen lie at least %(least)s customers or nobody, so that no few people can be worked out by "
        "holding one against the other."
    ) % {"asked": _between(asked), "shown": _between(shown), "least": small_cell()}


def _between(window: Window) -> str:
    facts = {"first": _day(window.start), "last": _day(window.end)}
    if window.start is None:
        return _("before %(last)s") % facts
    return (_("from %(first)s on") if window.end is None else _("from %(first)s to before %(last)s")) % facts


def _day(moment: datetime | None) -> str:
    return moment.date().isoformat() if moment else ""


def fewer() -> str:
    """In the place of a number of too few."""
    return _("fewer than %(least)s") % {"least": small_cell()}


def fewer_or_needed() -> str:
    """The same where it may also be hidden to cover another."""
    return _("fewer than %(least)s, or needed so that nobody can be worked out") % {"least": small_cell()}


def left_out(item: Value) -> str:
    """What no number is made of, how many, and why."""
    texts = {
        "bad_time": ngettext(
            "Left out: %(n)s passage whose times cannot be right.",
            "Left out: %(n)s passages whose times cannot be right.",
            item["n"],
        ),
        "late": ngettext(
            "Left out: %(n)s answer that came too late.", "Left out: %(n)s answers that came too late.", item["n"]
        ),
        "former_question": ngettext(
            "Left out: %(n)s answer to a former question.",
            "Left out: %(n)s answers to a former question.",
            item["n"],
        ),
    }
    return texts[item["reason"]] % {"n": item["n"]}


def gap_sentence(value: Value) -> str:
    """What the comparison says in one plain sentence."""
    service, experience, gap = value["service"], value["experience"], value["gap"]
    if not experience["n"]:
        return _("The experience of the whole journey has not been measured yet.")
    if not service["n"]:
        return _("Service at the touchpoints has not been measured yet.")
    if gap["gap"] is None:
        return _("Too few customers answered both at a touchpoint and at the end to compare the two.")
    facts = {
        "journey": value["name"],
        "service": _interval(service["score"], service),
        "experience": _interval(experience["score"], experience),
        "gap": one(gap["gap"]),
        "lo": one(gap["lo"]),
        "hi": one(gap["hi"]),
        "pairs": _pairs(gap),
    }
    return _template(gap) % facts


def _template(gap: Value) -> str:
    """Words by direction; without a finding that stands on the page the two are not said to differ."""
    if gap["finding"] and not gap["stands"]:
        return _(
            "Service on %(journey)s scores %(service)s and the whole journey %(experience)s; "
            "the gap of %(gap)s points (%(lo)s to %(hi)s, %(pairs)s) is worth watching, but does not stand yet."
        )
    if gap["finding"] and gap["gap"] > 0:
        return _(
            "Service on %(journey)s scores %(service)s, but the whole journey only %(experience)s: "
            "a gap of %(gap)s points (%(lo)s to %(hi)s, %(pairs)s)."
        )
    if gap["finding"]:
        return _(
            "The whole journey %(journey)s scores %(experience)s, more than its service with %(service)s: "
            "a gap of %(gap)s points (%(lo)s to %(hi)s, %(pairs)s)."
        )
    if _agrees(gap):
        return _(
            "Service and experience on %(journey)s agree: %(service)s and %(experience)s, "
            "gap %(gap)s points (%(lo)s to %(hi)s, %(pairs)s)."
        )
    return _(
        "Service on %(journey)s scores %(service)s and the whole journey %(experience)s; "
        "the gap of %(gap)s points (%(lo)s to %(hi)s, %(pairs)s) is no finding."
    )


def _agrees(gap: Value) -> bool:
    """The whole interval lies within the smallest gap that counts."""
    return gap["lo"] is not None and max(abs(gap["lo"]), abs(gap["hi"])) < gap["min_gap"] and gap["label"] == "shown"


def _interval(score: float | None, value: Value) -> str:
    if value["lo"] is None:
        return one(score)
    return f"{one(score)} ({one(value['lo'])}–{one(value['hi'])})"


def _pairs(gap: Value) -> str:
    journeys = ngettext("%(n)s journey", "%(n)s journeys", gap["n_pairs"]) % {"n": gap["n_pairs"]}
    customers = ngettext("%(n)s customer", "%(n)s customers", gap["customers"]) % {"n": gap["customers"]}
    return _("%(journeys)s of %(customers)s") % {"journeys": journeys, "customers": customers}


def findings(value: Value) -> list[Value]:
    """The findings as sentences with kind, owner, n and the address of their rows."""
    gap = value["gap"]
    if not gap["finding"]:
        return []
    text = gap_sentence(value | {"gap": gap | {"stands": True}})
    rows = f"/admin/feedback/runscore/?journey__code={value['journey']}"
    return [
        {"text": text, "kind": "gap", "owner": value["owner"], "n": gap["n_pairs"], "rows_url": rows, "test": "gap"}
    ]
