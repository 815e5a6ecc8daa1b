"""The ten rows in which service and experience differ, filled from this journey's own data (C11, method 1.9)."""

from collections.abc import Callable

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feedback.dashboards.addition import Addition, Value
from feedback.dashboards.context import Context
from feedback.dashboards.words import duration, one
from feedback.dashboards.words_contacts import percent
from feedback.insights.run_service import run_scores
from feedback.insights.scores import mean_score
from feedback.insights.suppression import small_cell
from surveys.enums import StageKind

Cell = str | None  # None: not measured
Row = Callable[[Context, Value], tuple[Cell, Cell]]


def contrast_part(context: Context, value: Value) -> Addition:
    """`contrast`: exactly ten rows, each with what service says and what the experience says, or null."""
    rows = []
    for code, label, cells in ROWS:
        service, experience = cells(context, value)
        rows.append({"code": code, "label": label(), "service": service, "experience": experience})
    return Addition({"contrast": rows})


def _what(context: Context, value: Value) -> tuple[Cell, Cell]:
    names = ", ".join(stage.name for stage in context.definition.asked_service_stages)
    question = context.definition.experience_question
    service = _("the help at %(names)s") % {"names": names} if names else None
    if question is None:
        return service, None
    facts = {"name": value["name"], "question": _plain(question.text)}
    return service, _("the whole of %(name)s: “%(question)s”") % facts


def _plain(text: str) -> str:
    return text.replace("{", "").replace("}", "")


def _scope(context: Context, value: Value) -> tuple[Cell, Cell]:
    scope = value["scope"]
    text = _("%(seen)s of %(stages)s stages") % {"seen": scope["surveyed"], "stages": scope["stages"]}
    time = scope["time_seen"]
    if time and time["value"] is not None:
        text += ", " + _("%(share)s of the elapsed time") % {"share": percent(time["value"])}
    days = context.table.elapsed_days
    elapsed = days[np.isfinite(days) & ((days > 0) | (context.table.contacts > 0))]
    whole = _("all %(stages)s stages and the waits between") % {"stages": scope["stages"]}
    if len(elapsed) >= small_cell():
        whole += ", " + _("median %(days)s") % {"days": duration(float(np.median(elapsed)))}
    return (text if scope["surveyed"] else None), whole


def _timing(_context: Context, value: Value) -> tuple[Cell, Cell]:
    proactive = value["proactive"]
    if not proactive:
        return None, None
    share = proactive["share"]
    reactive = _("reactive: customers began %(share)s of %(n)s contacts") % {
        "share": percent(1 - share["share"]),
        "n": share["n"],
    }
    return reactive, _("proactive: we began %(share)s") % {"share": percent(share["share"])}


def _types(context: Context, value: Value) -> tuple[Cell, Cell]:
    """Scores of staffed and of automated service stages; channels of all contacts."""
    told = [text for human in (True, False) if (text := _by_staff(context, human))]
    channels = value["scope"]["channels"]
    others = sum(stage.kind == StageKind.NON_SERVICE for stage in context.definition.stages)
    whole = ngettext("%(n)s stage without service", "%(n)s stages without service", others) % {"n": others}
    return ("; ".join(told) or None), f"{whole}; {', '.join(channels)}" if channels else whole


def _by_staff(context: Context, human: bool) -> str:
    codes = [stage.code for stage in context.definition.service_stages if stage.human is human]
    found = mean_score(run_scores(context.table.stage_means(codes)).service, context.table.customer) if codes else None
    if found is None or found.customers < small_cell():
        return ""
    facts = {"score": one(found.score), "lo": one(found.lo), "hi": one(found.hi), "n": found.n}
    if human:
        return _("served by people: %(score)s (%(lo)s–%(hi)s, n %(n)s)") % facts
    return _("served by machines: %(score)s (%(lo)s–%(hi)s, n %(n)s)") % facts


def _goal(_context: Context, value: Value) -> tuple[Cell, Cell]:
    goals = {
        level: [o["statement"].rstrip(".") for o in value["outcomes"] if o["level"] == level]
        for level in ("service", "experience")
    }
    return "; ".join(goals["service"]) or None, "; ".join(goals["experience"]) or None


def _metrics(_context: Context, value: Value) -> tuple[Cell, Cell]:
    """Which metrics of each level have a number."""
    fcr, times = value["fcr"] or {}, value["response_times"] or {}
    service = [
        *([_("CSAT")] if any(row["level"] == "service" and row["n"] for row in value["csat"]) else []),
        *([_("response time")] if times else []),
        *([_("resolution time")] if value["handle_time"] else []),
        *([_("solved at first contact")] if fcr else []),
    ]
    experience = [
        *([_("NPS")] if value["nps"] else []),
        *([_("end-to-end satisfaction")] if value["experience"]["n"] else []),
        *([_("CES")] if any(row["n"] for row in value["ces"]) else []),
        *([_("later behaviour")] if value["commercial"] else []),
    ]
    return ", ".join(service) or None, ", ".join(experience) or None


def _involved(context: Context, _value: Value) -> tuple[Cell, Cell]:
    """Departments of the service stages, and of everything; what nobody owns is said."""
    service = {stage.owner for stage in context.definition.service_stages}
    every = {stage.owner for stage in context.definition.stages} | {t.owner for t in context.definition.transitions}
    return _owners(service), _owners(every)


def _owners(owners: set[str | None]) -> Cell:
    names = sorted(owner for owner in owners if owner)
    return ", ".join([*names, *([_("nobody for some")] if None in owners else [])]) or None


def _horizon(context: Context, value: Value) -> tuple[Cell, Cell]:
    table = context.table
    people = len(np.unique(table.customer))
    service = _("single contacts, answered within 30 days of the stage") if value["service"]["n"] else None
    if people < small_cell():
        return service, None
    facts = {"runs": one(len(table) / people), "people": people}
    return service, _("%(runs)s journeys a customer in the window (%(people)s customers)") % facts


def _feelings(_context: Context, value: Value) -> tuple[Cell, Cell]:
    felt = value["feelings"]
    if not felt:
        return None, None
    stages = [_felt(row, row["name"]) for row in felt["stages"] if row["net"] is not None]
    whole = felt["whole"]
    return "; ".join(stages) or None, _felt(whole, _("net emotion")) if whole["net"] is not None else None


def _felt(row: Value, name: str) -> str:
    return f"{name} {one(row['net'])} ({one(row['lo'])}–{one(row['hi'])}, n {row['n']})"


def _score(_context: Context, value: Value) -> tuple[Cell, Cell]:
    """Score, interval, n, change since the window before where there is one; the gap beside the experience."""
    tiles = {tile["code"]: tile for block in value["scorecard"]["blocks"] for tile in block["tiles"]}
    service, experience = (_scored(value[code], tiles.get(code)) for code in ("service", "experience"))
    gap = value["gap"]
    if experience and gap["gap"] is not None:
        facts = {key: one(gap[key]) for key in ("gap", "lo", "hi")} | {"n": gap["n_pairs"]}
        experience += "; " + _("gap %(gap)s (%(lo)s to %(hi)s, n %(n)s)") % facts
    return service, experience


def _scored(score: Value, tile: Value | None) -> Cell:
    if score["score"] is None:
        return None
    text = f"{one(score['score'])} ({one(score['lo'])}–{one(score['hi'])}, n {score['n']})"
    change = tile and tile["change"]
    if not change or change["value"] is None:
        return text
    return text + ", " + _("change %(change)s") % {"change": one(change["value"])}


ROWS: tuple[tuple[str, Callable[[], str], Row], ...] = (
    ("definition", lambda: _("What it measures"), _what),
    ("scope", lambda: _("Scope"), _scope),
    ("timing", lambda: _("Timing"), _timing),
    ("interaction", lambda: _("Kinds of contact"), _types),
    ("goal", lambda: _("Goal"), _goal),
    ("metric", lambda: _("Metrics"), _metrics),
    ("involvement", lambda: _("Departments"), _involved),
    ("horizon", lambda: _("Horizon"), _horizon),
    ("feelings", lambda: _("Feelings"), _feelings),
    ("score", lambda: _("Score and gap"), _score),
)
