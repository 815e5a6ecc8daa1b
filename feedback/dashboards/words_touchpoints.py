"""Sentences about single touchpoints against the journey: the gap by length, and steps that are all good."""

from typing import Any

from django.utils.translation import gettext as _

from feedback.dashboards.words import one
from feedback.dashboards.words_contacts import percent

Value = dict[str, Any]


def slopes_text(by_length: Value) -> str | None:
    """By how much the gap differs with each step, day and switch; None where none could be fitted."""
    texts = {
        "per_step": _("%(value)s points a step (%(lo)s to %(hi)s)"),
        "per_day": _("%(value)s points a day (%(lo)s to %(hi)s)"),
        "per_switch": _("%(value)s points a channel switch (%(lo)s to %(hi)s)"),
    }
    told = []
    for code, text in texts.items():
        slope = by_length[code]
        if slope and slope["lo"] is not None:
            told.append(text % {"value": one(slope["slope"]), "lo": one(slope["lo"]), "hi": one(slope["hi"])})
    return _("The gap differs by %(slopes)s.") % {"slopes": "; ".join(told)} if told else None


def no_bad_step_value(found: Value) -> Value:
    """The share whose every step is good beside what independent steps would give, with its sentence."""
    seen, alone = found["observed"], found["if_independent"]
    if seen["share"] is None or alone is None:
        return found | {"sentence": None}
    facts = {key: percent(seen[key]) for key in ("share", "lo", "hi")} | {"n": str(seen["n"]), "alone": percent(alone)}
    text = _(
        "%(share)s of customers rate every step they were asked about at 75 or more (%(lo)s to %(hi)s, n = %(n)s); "
        "were all steps independent and all asked about, it would be %(alone)s."
    )
    return found | {"sentence": text % facts}
