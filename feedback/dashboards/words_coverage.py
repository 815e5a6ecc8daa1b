"""Sentences about coverage: silent customers, unknown classes, weights and their limits (method 3.9)."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feedback.dashboards.addition import Value
from feedback.dashboards.words import one, signed
from feedback.dashboards.words_contacts import percent
from feedback.insights.scores import Bounds


def class_name(name: str) -> str:
    """A class as sentences name it; runs without the attribute are a class too."""
    return name or _("not known")


def unknown_sentence(name: str, customers: int) -> str:
    """A class of which nobody answered: never green, never imputed."""
    text = ngettext(
        "%(name)s: nobody of this segment answered (%(n)s customer).",
        "%(name)s: nobody of this segment answered (%(n)s customers).",
        customers,
    )
    return text % {"name": class_name(name), "n": customers}


def silent_sentence(value: Value, unweighted: Bounds | None, weighted: Bounds | None) -> str:
    """Who hardly answers, what those say who did, and what the un-weighted score makes of it."""
    facts = {
        "who": _who(value),
        "score": _range(value["score"]),
        "others": _range(value["others"]),
        "n": value["n"],
        "rate": percent(value["response"]["share"]),
    }
    if not value["finding"]:
        text = _(
            "%(who)s hardly answer (%(rate)s); the %(n)s who did rate this journey %(score)s, everyone else "
            "%(others)s: no clear difference."
        )
        return text % facts
    text = (
        _(
            "%(who)s rate this journey %(score)s, with only %(rate)s answering (n %(n)s); everyone else rates it "
            "%(others)s."
        )
        % facts
    )
    if unweighted is None or weighted is None:
        return text
    scores = {"plain": one(unweighted.value), "weighted": _range(bounds(weighted))}
    if one(weighted.value) == one(unweighted.value):
        hides = _(
            "Your score of %(plain)s hides that, weighted as well: too few of them answered to be weighted alone."
        )
    else:
        hides = _("Your un-weighted score of %(plain)s hides that; weighted it is %(weighted)s.")
    return f"{text} {hides % scores}"


def bounds(found: Bounds) -> Value:
    """A score with its interval as plain values."""
    return {"score": found.value, "lo": found.lo, "hi": found.hi}


def _who(value: Value) -> str:
    facts = {"share": percent(value["frame_share"]), "name": class_name(value["name"])}
    if value["hardly_in_contact"]:
        return _('The %(share)s of journeys by customers who hardly ever contact you ("%(name)s")') % facts
    return _('The %(share)s of journeys by customers of "%(name)s"') % facts


def _range(score: Value) -> str:
    if score["lo"] is None:
        return one(score["score"])
    return _("%(score)s (%(lo)s–%(hi)s)") % {key: one(score[key]) for key in ("score", "lo", "hi")}


def pairs_sentence(pairs: Sequence[Value], gap: Value | None) -> str:
    """Who the gap rests on, class by class, and the same gap weighted to all journeys; "" with one class only."""
    known = [row for row in pairs if row["pairs"] is not None]
    if len(pairs) < 2 or not known:
        return ""
    told = [
        _("%(pairs)s of %(frame)s journeys of %(name)s")
        % {"pairs": row["pairs"], "frame": row["frame"], "name": class_name(row["name"])}
        for row in known
    ]
    text = _("The gap rests on customers who answered both: %(classes)s.") % {"classes": "; ".join(told)}
    if gap is None or gap["gap"] is None:
        return text + " " + _("In some class too few did to weight it to all journeys.")
    facts = {key: one(gap[key]) for key in ("gap", "lo", "hi")}
    return text + " " + _("Weighted to all journeys it is %(gap)s points (%(lo)s to %(hi)s).") % facts


def poor_sentence(value: Value) -> str:
    """What the share of poor journeys may be whatever the silent would have said."""
    facts = {
        "share": percent(value["share"]),
        "n": value["n"],
        "lo": percent(value["lo"]),
        "hi": percent(value["hi"]),
        "population": value["population"],
        "silent": value["population"] - value["n"],
    }
    return (
        _(
            "Of %(n)s answers %(share)s are poor (under 50); whatever the %(silent)s others would have said, between "
            "%(lo)s and %(hi)s of all %(population)s journeys are."
        )
        % facts
    )


def no_classes_sentence(by: str) -> str:
    """What is missing for weights, and how to get it."""
    return _(
        'All customers are alike in "%(by)s", so nothing can be said of who does not answer: give customers a segment '
        "(column segment of the table customers) to see it."
    ) % {"by": by}


def weighted_sentence(value: Value) -> str:
    """The score of all customers beside the score of those who answered, with the cost of the weights."""
    facts = {
        "plain": one(value["unweighted"]),
        "weighted": _range({"score": value["weighted"], "lo": value["weighted_lo"], "hi": value["weighted_hi"]}),
        "shift": signed(value["shift"]["value"]),
        "lo": signed(value["shift"]["lo"]),
        "hi": signed(value["shift"]["hi"]),
        "deff": f"{value['deff']:.2f}",
        "n_eff": f"{value['n_eff']:.0f}",
    }
    return (
        _(
            "Un-weighted %(plain)s, weighted to all journeys %(weighted)s: a shift of %(shift)s (%(lo)s to %(hi)s). "
            "The weights cost a design effect of %(deff)s; the answers are worth %(n_eff)s equal ones."
        )
        % facts
    )


def limits() -> list[str]:
    """What weights cannot do, printed below every weighted score."""
    return [
        _("Weights repair only differences between the classes."),
        _("If unhappy people inside a class answer less, nobody can see it from these data."),
    ]


def unknown_warning(value: Value) -> str:
    """The weighted score speaks only for the classes somebody answered in."""
    return _("The weighted score says nothing of %(names)s: nobody answered there (%(n)s journeys).") % {
        "names": ", ".join(class_name(name) for name in value["unknown"]),
        "n": value["unknown_frame"],
    }


def steps() -> dict[str, str]:
    """The steps of the funnel in order, as pages and reports name them."""
    return {
        "runs": _("Journeys"),
        "eligible": _("An ask was due"),
        "invited": _("Invited"),
        "delivered": _("Delivered"),
        "answered_touchpoint": _("Answered at a touchpoint"),
        "answered_end_to_end": _("Answered about the whole"),
    }


def heard() -> dict[str, str]:
    """How far a customer was heard, from silence to answers."""
    return {
        "never_contacted": _("Never in contact, never asked"),
        "never_invited": _("In contact, never asked"),
        "never_answered": _("Asked, never answered"),
        "answered": _("Answered"),
    }


def phase(code: str) -> str:
    """What asks were about."""
    names = {
        "pre_purchase": _("before the purchase"),
        "purchase": _("at the purchase"),
        "post_purchase": _("after the purchase"),
        "journey": _("the whole journey"),
    }
    return names.get(code, code)
