"""Sentences and labels of what goes with the gap: "goes with", never "causes"; each number with interval and n."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feedback.dashboards.keys import key
from feedback.dashboards.words import duration, one, two
from feedback.insights.comparison import FINDING_Q
from feedback.queries.predictors import Candidate
from surveys.rendering.texts import pick

Value = dict[str, Any]
RATED_HIGHER = 10  # points: what "rated higher" means in sentences about ratings; 5 for service, as few can rise

CLEARLY_BEST = 0.03  # a smaller difference of correlations is not told as one


def theme_label(theme: str) -> str:
    """A theme of the taxonomy in words; a theme of staff's own as it is written."""
    labels = {
        "speed": _("speed"),
        "knowledge": _("knowledge"),
        "patience": _("patience"),
        "accommodation": _("accommodation"),
        "waiting_between_steps": _("waiting between steps"),
        "kept_informed": _("being kept informed"),
        "paperwork": _("paperwork"),
        "repeating": _("repeating oneself, repeated contact"),
        "price": _("price and charges"),
        "staff_manner": _("staff manner"),
        "web_app": _("web and app"),
        "other": _("something else"),
    }
    return labels.get(theme, theme)


def block_label(block: str, labels: dict[str, str]) -> str:
    """A block of drivers in words; a block of one rating is called as that rating."""
    names = {
        "service": _("Service score"),
        "waits": _("Waits between stages"),
        "steps": _("Steps and channels"),
        "repeats": _("Repeat contacts"),
        "proactive": _("Contacts that we began"),
        "paperless": _("Paperless"),
    }
    return names.get(block, labels.get(block, block))


def label(candidate: Candidate, stages: Sequence[Value]) -> str:
    """A predictor in words."""
    if candidate.transition is not None:
        names = {stage["code"]: stage["name"] for stage in stages}
        ends = {key: names.get(key, key) for key in (candidate.transition.source, candidate.transition.target)}
        ways = {"source": ends[candidate.transition.source], "target": ends[candidate.transition.target]}
        return _("Wait: %(source)s → %(target)s") % ways
    fixed = {
        "service": _("Service score"),
        "promise": _("Share of waits within promise"),
        "steps": _("Steps"),
        "switches": _("Channel switches"),
        "repeats": _("Repeat contacts"),
        "departments": _("Departments touched"),
        "proactive": _("We got in touch first"),
        "paperless": _("Paperless journey"),
    }
    if candidate.kind == "theme":
        return _("Comment mentions %(theme)s") % {"theme": theme_label(candidate.text)}
    return str(fixed.get(candidate.kind) or pick(candidate.text, ()) or candidate.predictor.code)


def unit(kind: str) -> str:
    """What a slope is per."""
    units = {
        "wait": _("points per day"),
        "steps": _("points per step"),
        "switches": _("points per switch"),
        "repeats": _("points per repeat"),
        "departments": _("points per department"),
        "theme": _("points where mentioned"),
        "proactive": _("points where we did"),
        "paperless": _("points where it was"),
        "promise": _("points from no wait to all waits within promise"),
    }
    return units.get(kind, _("points per point"))


def measured_in(item: Value) -> str:
    """What the quarters of a predictor count."""
    if item["kind"] == "wait":
        return _("days beyond the promise") if item["promised_days"] is not None else _("days")
    return _("0 to 100") if item["kind"] in ("rating", "stated") else _("number")


def interval(value: Value, factor: float = 1.0) -> str:
    """The bounds of a slope or difference, times a factor; "no interval" where there is none."""
    if value["lo"] is None:
        return _("no interval")
    return _("%(lo)s to %(hi)s") % {"lo": one(factor * value["lo"]), "hi": one(factor * value["hi"])}


def journeys(drivers: Value) -> str:
    """How many journeys of how many customers an explanation rests on."""
    runs = ngettext("%(n)s journey", "%(n)s journeys", drivers["n"]) % {"n": drivers["n"]}
    who = ngettext("%(n)s customer", "%(n)s customers", drivers["customers"]) % {"n": drivers["customers"]}
    return _("%(journeys)s of %(customers)s") % {"journeys": runs, "customers": who}


def sentences(value: Value, drivers: Value) -> list[Value]:
    """Everything said about drivers, in order: {kind, text, code}; the named ones first, the largest effect leading."""
    if not drivers["items"]:
        return [{"kind": "not_enough", "text": _not_enough(drivers), "code": None}]
    items = {item["code"]: item for item in drivers["items"]}
    found = [
        {"kind": "driver", "text": driver_sentence(items[code], value, drivers), "code": code}
        for code in drivers["named"]
    ]
    if not found:
        found.append({"kind": "nothing", "text": _nothing(value, drivers), "code": None})
    service = next((item for item in drivers["items"] if item["kind"] == "service"), None)
    if service and service["lo"] is not None:
        found.append({"kind": "service", "text": _service(service, value, drivers), "code": "service"})
    tested = [items[code] for code in drivers["ruled_out"] if code in items]
    more = (("stake", _stake(drivers)), ("small", _small(drivers, tested)), ("ruled_out", _ruled_out(drivers, tested)))
    for kind, text in more:
        if text:
            found.append({"kind": kind, "text": text, "code": None})
    return found


def _not_enough(drivers: Value) -> str:
    if "scale_changed" in drivers["warnings"]:
        return _("The scale of the answers is in doubt (see the warnings), so nothing is said of what goes with them.")
    text = _("Not enough answers to say what goes with the experience (n = %(n)s, need %(needed)s).")
    return text % {"n": drivers["n"], "needed": drivers["needed"]}


def _nothing(value: Value, drivers: Value) -> str:
    if "overall_computed_from_parts" in drivers["warnings"]:
        return _("Nothing is named: the overall answer looks computed from its parts.")
    gap = value["gap"]
    if gap["gap"] is None:
        return _("No step, wait or contact pattern stands out (%(journeys)s).") % {"journeys": journeys(drivers)}
    text = _("No step, wait or contact pattern stands out (%(journeys)s); the gap itself is %(gap)s (%(interval)s).")
    return text % {"journeys": journeys(drivers), "gap": one(gap["gap"]), "interval": interval(gap)}


def driver_sentence(item: Value, value: Value, drivers: Value) -> str:
    """One named driver: points per unit with interval and n, what that makes of the gap, and who owns it."""
    owner = _("Owner: %(owner)s.") % {"owner": item["owner"] or _("nobody")}
    if item["code"] in drivers["bent"] and item["code"] == drivers["strongest"] and len(drivers["dose"]) > 1:
        return f"{_from_dose(item, drivers)}{_part_of_gap(item, value)}. {owner}"
    if item["kind"] in ("rating", "stated"):
        return f"{_rating(item, drivers)} {owner}"
    facts = {
        "what": _what(item),
        "slope": one(item["slope"]),
        "unit": unit(item["kind"]),
        "interval": interval(item),
        "journeys": journeys(drivers),
    }
    text = _("%(what)s goes with %(slope)s %(unit)s (%(interval)s, %(journeys)s)") % facts
    return f"{text}{_part_of_gap(item, value)}. {owner}"


def _what(item: Value) -> str:
    names = {
        "steps": _("Each extra step"),
        "switches": _("Each channel switch"),
        "repeats": _("Each repeat contact"),
        "departments": _("Each further department"),
        "promise": _("Keeping the promised waits"),
        "proactive": _("Getting in touch first"),
        "paperless": _("A journey without paper"),
        "theme": item["label"],
    }
    if item["kind"] != "wait":
        return str(names.get(item["kind"], item["label"]))
    if item["promised_days"] is None:
        return _wait(item)
    return _("%(wait)s, beyond the promise,") % {"wait": _wait(item)}


def _wait(item: Value) -> str:
    """A wait by its two stages, with median and promise."""
    _label, _colon, ends = item["label"].partition(": ")
    source, _arrow, target = ends.partition(" → ")
    facts = {"source": source, "target": target, "median": duration(item["median_days"])}
    if item["promised_days"] is None:
        return _("The wait between %(source)s and %(target)s (median %(median)s)") % facts
    facts["promised"] = duration(item["promised_days"])
    return _("The wait between %(source)s and %(target)s (median %(median)s, promised %(promised)s)") % facts


def _part_of_gap(item: Value, value: Value) -> str:
    """What is at stake against the promise, of the gap where one is shown."""
    stake, gap = item["at_stake"], value["gap"]["gap"]
    if stake is None or stake["value"] >= 0 or gap is None or gap <= 0:
        return ""
    facts = {"part": one(-stake["value"]), "gap": one(gap)}
    against = {
        "wait": _("; compared with the promise that is about %(part)s of the %(gap)s points of the gap"),
        "steps": _("; compared with the steps needed that is about %(part)s of the %(gap)s points of the gap"),
    }
    return against.get(item["kind"], _("; compared with none that is about %(part)s of the %(gap)s points")) % facts


def _from_dose(item: Value, drivers: Value) -> str:
    """For a relation that is no straight line: the lowest and the highest quarter instead of the slope."""
    first, last = drivers["dose"][0], drivers["dose"][-1]
    text = _(
        "%(what)s: the journey is rated %(first)s (%(first_interval)s, n %(first_n)s) in the lowest quarter and "
        "%(last)s (%(last_interval)s, n %(last_n)s) in the highest. That is no straight line; one through all would be "
        "%(slope)s %(unit)s (%(interval)s)"
    )
    return text % {
        "what": _wait(item) if item["kind"] == "wait" else item["label"],
        "slope": one(item["slope"]),
        "unit": unit(item["kind"]),
        "interval": interval(item),
        "first": one(first["score"]),
        "first_interval": interval(first),
        "first_n": first["n"],
        "last": one(last["score"]),
        "last_interval": interval(last),
        "last_n": last["n"],
    }


def _rating(item: Value, drivers: Value) -> str:
    text = _(
        "Customers who rated “%(what)s” %(points)s points higher rated the journey %(slope)s points higher "
        "(%(interval)s, %(journeys)s)."
    )
    return text % {
        "what": item["label"],
        "points": RATED_HIGHER,
        "slope": one(RATED_HIGHER * item["slope"]),
        "interval": interval(item, RATED_HIGHER),
        "journeys": journeys(drivers),
    }


def _service(item: Value, value: Value, drivers: Value) -> str:
    """Service as a difference between customers, never as possible gain."""
    facts = {
        "slope": one(5 * item["slope"]),
        "interval": interval(item, 5),
        "journeys": journeys(drivers),
        "service": one(value["service"]["score"]),
        "share": one(100 * item["share"]),
    }
    text = _(
        "Customers who rated service 5 points higher rated the journey %(slope)s higher (%(interval)s, %(journeys)s); "
        "service is already %(service)s, so few ratings can rise."
    )
    if drivers["service_at_least"]:
        text += " " + _("It has at least %(share)s %% of what is explained: not every stage was asked.")
    else:
        text += " " + _("It has %(share)s %% of what is explained.")
    return text % facts


def _stake(drivers: Value) -> str:
    stake = drivers["stake"]
    if stake is None or stake["gap"] <= 0:
        return ""
    text = _(
        "Compared with promises and needs, waits, steps, switches and repeats go with about %(part)s of the %(gap)s "
        "points of the gap; %(rest)s points are not explained."
    )
    text %= {"part": one(stake["explained"]), "gap": one(stake["gap"]), "rest": one(stake["not_explained"])}
    owners = "; ".join(f"{row['owner'] or _('nobody')} {one(row['part'])}" for row in stake["by_owner"])
    return text + " " + _("By owner: %(owners)s.") % {"owners": owners}


def _ruled_out(drivers: Value, tested: Sequence[Value]) -> str:
    """What was looked at and shows nothing."""
    labels = [item["label"] for item in tested if not _is_small(item)]
    if not labels:
        return ""
    return _("No clear relation: %(what)s (%(journeys)s).") % {"what": "; ".join(labels), "journeys": journeys(drivers)}


def _small(drivers: Value, tested: Sequence[Value]) -> str:
    """What shows a relation too small to be named."""
    labels = [item["label"] for item in tested if _is_small(item)]
    if not labels:
        return ""
    text = _("A relation, but of less than %(least)s points between a typical low and high customer: %(what)s.")
    return text % {"least": f"{drivers['min_effect']:g}", "what": "; ".join(labels)}


def _is_small(item: Value) -> bool:
    """Significant, with the controls too, but under the effect gate."""
    q_values = [item["q"], (item["adjusted"] or item)["q"]]
    return all(q is not None and q < FINDING_Q for q in q_values)


def findings(value: Value, drivers: Value) -> list[Value]:
    """The named drivers as findings of the page; themes of comments are told by their own rows."""
    items = {item["code"]: item for item in drivers["items"]}
    rows = f"/admin/feedback/runscore/?journey__code={value['journey']}"
    return [
        {
            "text": sentence["text"],
            "kind": "driver",
            "owner": items[sentence["code"]]["owner"],
            "n": drivers["n"],
            "rows_url": rows,
            "code": sentence["code"],
            "test": key("driver", sentence["code"]),
            "touches": items[sentence["code"]]["touches"],
        }
        for sentence in drivers["sentences"]
        if sentence["kind"] == "driver" and items[sentence["code"]]["kind"] != "theme"
    ]


def theme_findings(value: Value, themes: Sequence[Value]) -> list[Value]:
    """Themes whose customers rated the journey otherwise."""
    found = []
    for row in themes:
        if not row["finding"]:
            continue
        rows = f"/admin/feedback/runscore/?journey__code={value['journey']}"
        if row["source"] == "comments":
            rows = f"/admin/feedback/themetag/?theme={row['theme']}"
        finding = {
            "text": theme_sentence(row),
            "kind": "theme",
            "owner": value["owner"],
            "n": row["n"],
            "rows_url": rows,
        }
        found.append({**finding, "code": row["theme"], "test": key("theme", row["source"], row["theme"])})
    return found


def theme_sentence(row: Value) -> str:
    """How customers who mention a theme rated the journey against the others."""
    difference = row["difference"]
    lower = _(
        "Customers who mention “%(theme)s” (%(n)s) rated the journey %(points)s points lower than others "
        "(%(interval)s)."
    )
    higher = _(
        "Customers who mention “%(theme)s” (%(n)s) rated the journey %(points)s points higher than others "
        "(%(interval)s)."
    )
    facts = {
        "theme": row["label"],
        "n": row["n"],
        "points": one(abs(difference["value"])),
        "interval": interval(difference),
    }
    return (lower if difference["value"] < 0 else higher) % facts


def length_sentence(bands: Sequence[Value]) -> str | None:
    """The gap on short and on long journeys; None where only one length is shown."""
    shown = [band for band in bands if band["score"] is not None]
    if len(shown) < 2:
        return None
    parts = {}
    for place, band in (("short", shown[0]), ("long", shown[-1])):
        steps = f"{band['low']:.0f}" + ("+" if band["high"] is None else f"–{band['high']:.0f}")
        facts = {"gap": one(band["score"]), "interval": interval(band), "n": band["n"], "steps": steps}
        parts[place] = _("%(gap)s points (%(interval)s, n %(n)s) on journeys of %(steps)s steps") % facts
    return _("The gap is %(short)s and %(long)s.") % parts


def peak_end_sentence(value: Value) -> str:
    """Which summary of the stages describes the experience best: tested, not assumed."""
    names = {
        "mean": _("the mean of the stages"),
        "min": _("the worst stage"),
        "last": _("the last stage"),
        "min_last": _("the worst and the last stage (peak and end)"),
    }
    others = ", ".join(f"{names[key]} {two(r)}" for key, r in value["r"].items() if key != value["best"])
    squares = sorted((abs(r) for r in value["r"].values()), reverse=True)
    text = _("%(best)s describes the experience best (correlation %(r)s, n %(n)s; %(others)s).")
    if squares[0] - squares[1] < CLEARLY_BEST:
        text = _("No part of the stages clearly describes the experience best: %(best)s %(r)s (n %(n)s), %(others)s.")
    best = names[value["best"]]
    if squares[0] - squares[1] >= CLEARLY_BEST:
        best = best[:1].upper() + best[1:]
    facts = {"best": best, "r": two(value["r"][value["best"]]), "n": value["n"]}
    return text % {**facts, "others": others}
