"""The usual measures, NPS, CSAT and CES, as rows that the page and the terminal show alike."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from feedback.dashboards.words import one
from feedback.dashboards.words_contacts import percent

Value = dict[str, Any]


def usual_rows(value: Value) -> list[Value]:
    """One row a question: name, about, number, interval, n, beside (what else is known of it); number None: hidden."""
    names = {stage["code"]: stage["name"] for stage in value["stages"]}
    rows = [_nps(value["nps"])] if value["nps"] else []
    rows += [_csat(row, names) for row in value["csat"] if row["n"] != 0]
    return [*rows, *(_ces(row, names) for row in value["ces"] if row["n"] != 0)]


def _nps(nps: Value) -> Value:
    row = _row(_("NPS"), None, {}, nps)
    if nps["score"] is None:
        return row
    beside = _("promoters %(up)s %%, passives %(middle)s %%, detractors %(down)s %%") % {
        "up": one(nps["promoters"]),
        "middle": one(nps["passives"]),
        "down": one(nps["detractors"]),
    }
    told = [beside, *([] if nps["rankable"] else [_("too uncertain to rank")]), *_weighted(nps["weighted"], "score")]
    return row | {
        "number": one(nps["score"]),
        "interval": _interval(one(nps["lo"]), one(nps["hi"])),
        "beside": "; ".join(told),
    }


def _csat(csat: Value, names: Value) -> Value:
    row = _row(_("CSAT"), csat["stage"], names, csat)
    if csat["share"] is None:
        return row
    mean = csat["mean"]
    facts = {"score": one(mean["score"]), "lo": one(mean["lo"]), "hi": one(mean["hi"])}
    beside = [_("mean %(score)s (%(lo)s–%(hi)s) of 100") % facts, *_weighted(csat["weighted"], "share")]
    return row | {
        "number": percent(csat["share"]),
        "interval": _interval(percent(csat["lo"]), percent(csat["hi"])),
        "beside": "; ".join(beside),
    }


def _ces(ces: Value, names: Value) -> Value:
    row = _row(_("CES 1.0") if ces["version"] == "1.0" else _("CES 2.0"), ces["stage"], names, ces)
    if ces["mean"] is None:
        return row
    easy, beside = ces["easy"], _("of 5, reversed: high is easy")
    if easy:
        facts = {"share": percent(easy["share"]), "lo": percent(easy["lo"]), "hi": percent(easy["hi"])}
        beside = _("of 7; %(share)s found it easy, 5 to 7 (%(lo)s–%(hi)s)") % facts
    return row | {
        "number": f"{ces['mean']:.2f}",
        "interval": _interval(*("–" if ces[end] is None else f"{ces[end]:.2f}" for end in ("lo", "hi"))),
        "beside": beside,
    }


def _row(name: str, stage: str | None, names: Value, measured: Value) -> Value:
    about = names.get(stage, stage) if stage else _("the whole journey")
    return {"name": name, "about": about, "number": None, "interval": "", "n": measured["n"], "beside": ""}


def _weighted(twin: Value | None, key: str) -> Sequence[str]:
    if not twin:
        return []
    shown = percent if key == "share" else one
    facts = {"score": shown(twin[key]), "lo": shown(twin["lo"]), "hi": shown(twin["hi"])}
    return [_("weighted %(score)s (%(lo)s–%(hi)s)") % facts]


def _interval(lo: str, hi: str) -> str:
    return f"[{lo}, {hi}]"
