"""Who answers and who does not, class by class, and what that hides: weights, the silent class, bounds."""

import dataclasses
from functools import cached_property

import numpy as np

from feedback.dashboards import words_coverage
from feedback.dashboards.addition import Value
from feedback.dashboards.coverage_funnel import Asked
from feedback.insights.arrays import Bools, Floats, Ints
from feedback.insights.comparison import FINDING_Q, MIN_GAP, POOR_BELOW
from feedback.insights.funnel import share_bounds
from feedback.insights.intervals import Difference
from feedback.insights.logistic import logistic
from feedback.insights.multiple import benjamini_hochberg
from feedback.insights.nonresponse import Coverage, ResponseClass, coverage
from feedback.insights.scores import Bounds
from feedback.insights.suppression import cell_state, small_cell, too_few
from feedback.insights.weights import post_stratified_mean, raked_mean
from surveys.enums import RunOutcome


@dataclasses.dataclass(frozen=True)
class Frame:
    """The population of a journey's score: its ended runs, and open ones that answered; arrays of shape (runs,)."""

    asked: Asked
    inside: Bools
    score: Floats
    classes: list[str]
    columns: dict[str, Floats]

    @cached_property
    def hidden(self) -> dict[str, bool]:
        """Which classes may not tell how they rated."""
        return self.asked.context.told.hidden_by(self.asked.by, sorted(set(self.classes)), lambda views: [views.rated])

    @property
    def customers(self) -> Ints:
        """The customer of each run."""
        return self.asked.context.table.customer[self.inside]


def frame_of(asked: Asked) -> Frame:
    """The frame of a context, with the variables that are known for everybody."""
    table = asked.context.table
    inside = ~table.came_to(RunOutcome.OPEN) | np.isfinite(table.experience)
    classes = [name for name, within in zip(asked.classes, inside.tolist(), strict=True) if within]
    columns = {name: column[inside] for name, column in _columns(asked).items()}
    return Frame(asked, inside, table.experience[inside], classes, columns)


def _columns(asked: Asked) -> dict[str, Floats]:
    """Columns of the frame that vary: in contact or not, contacts, days waited, channel, tenure."""
    table = asked.context.table
    waited = table.waits.sums()
    found = {
        "contacted": asked.contacted.astype(np.float64),
        "contacts": np.log1p(np.nan_to_num(table.contacts)),
        "days_waited": np.log1p(np.maximum(waited, 0.0)),
    }
    if all(asked.channels):  # a channel that only some were asked by is no frame variable
        found["by_sms"] = np.array([channel == "sms" for channel in asked.channels], dtype=np.float64)
    texts, codes = table.coded("tenure")
    tenure = np.array([_number(text) for text in texts], dtype=np.float64)[codes]
    if np.isfinite(tenure).all():
        found["tenure"] = tenure
    return {name: column for name, column in found.items() if len(column) and float(column.std()) > 0}


def _number(text: str | None) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return np.nan


def judged(frame: Frame) -> Coverage | None:
    """Non-response and weights of the experience; None where nobody, or everybody, answered."""
    answered = np.isfinite(frame.score)
    if not answered.any() or answered.all():
        return None
    columns = np.column_stack(list(frame.columns.values())) if frame.columns else None
    late = frame.asked.late[frame.inside]
    known_late = late if bool((late == 1).any() and (late == 0).any()) else None
    return coverage(frame.score, frame.classes, frame.customers, columns, known_late)


def class_rows(frame: Frame, found: Coverage, suppressed: list[Value]) -> list[Value]:
    """Every class with its people, answers, response against the rest, and score; nobody answered: unknown.

    Hidden as a break-down by the same attribute hides it: by the customers who rated the journey.
    """
    rows = []
    for item in found.classes:
        inside = np.array([name == item.name for name in frame.classes], dtype=bool)
        row = _class_row(item, len(np.unique(frame.customers[inside])))
        if frame.hidden[item.name]:
            suppressed.append({"cell": f"coverage.classes.{item.name}", "reason": too_few()})
            row |= dict.fromkeys(("score", "lo", "hi", "answers", "response", "q")) | {"state": "hidden"}
        rows.append(row)
    return rows


def tells_classes(frame: Frame, found: Coverage) -> bool:
    """Whether a mean weighted by class may stand beside the plain one: hidden classes that weigh differently follow."""
    joined = dict(found.merged)
    return len({joined.get(name, name) for name, hide in frame.hidden.items() if hide}) < 2


def _class_row(item: ResponseClass, customers: int) -> Value:
    value: Value = dataclasses.asdict(item)
    value |= {"customers": customers, "state": cell_state(item.answers) if item.answers else "unknown"}
    value["text"] = words_coverage.unknown_sentence(item.name, customers) if not item.answers else ""
    return value


def weighted_values(found: Coverage) -> Value:
    """The class-weighted experience and what the weights cost; contract 4."""
    return {
        "unweighted": found.unweighted.value if found.unweighted else None,
        "weighted": found.weighted.value if found.weighted else None,
        "weighted_lo": found.weighted.lo if found.weighted else None,
        "weighted_hi": found.weighted.hi if found.weighted else None,
        "shift": difference(found.shift),
        "deff": found.deff,
        "n_eff": found.n_eff,
    }


def raked_value(frame: Frame) -> Value | None:
    """The experience weighted to the margins of class and contact at once; null where one of them does not vary.

    empty: labels of which nobody answered, so that their margin is met over the others.
    """
    answered = np.isfinite(frame.score)
    contact = ["in contact" if yes else "not in contact" for yes in frame.asked.contacted[frame.inside].tolist()]
    by = [labels for labels in (frame.classes, contact) if len(set(labels)) > 1]
    if len(by) < 2 or any(frame.hidden.values()) or len(np.unique(frame.customers[answered])) < small_cell():
        return None
    margins = []
    for labels in by:
        given = [label for label, known in zip(labels, answered.tolist(), strict=True) if known]
        margins.append((given, {name: float(labels.count(name)) for name in sorted(set(labels))}))
    mean, found = raked_mean(frame.score[answered], margins, frame.customers[answered])
    return {"score": mean.value, "lo": mean.lo, "hi": mean.hi, "n": mean.n} | {
        "converged": found.converged,
        "empty": list(found.empty),
    }


def other_values(found: Coverage) -> Value:
    """What the classes tell beside the weights."""
    return {
        "r_indicator": found.r_indicator,
        "unknown": list(found.unknown),
        "unknown_frame": found.unknown_frame,
        "merged": [{"class": name, "joined": joined} for name, joined in found.merged],
        "late_minus_early": difference(found.late_minus_early) if found.late_minus_early else None,
    }


def difference(found: Difference) -> Value:
    """A difference with its interval."""
    return {"value": found.value, "lo": found.lo, "hi": found.hi, "p": found.p}


def silent_value(frame: Frame, found: Coverage) -> Value | None:
    """The class that hardly answers and what it says; finding: its score differs by 5 points, tested over classes."""
    silent = found.silent
    if silent is None or frame.hidden[silent.name]:
        return None
    apart = silent.difference
    p = None if apart.p is None else min(1.0, apart.p * len(found.classes))
    large = apart.value is not None and abs(apart.value) >= MIN_GAP
    inside = np.array([name == silent.name for name in frame.classes], dtype=bool)
    value: Value = {
        "name": silent.name,
        "frame_share": silent.frame_share,
        "n": silent.response.k,
        "response": dataclasses.asdict(silent.response),
        "score": _bounds(silent.score),
        "others": _bounds(silent.others),
        "difference": difference(apart),
        "p": p,
        "finding": p is not None and p < FINDING_Q and large,
        "hardly_in_contact": _hardly_in_contact(frame, inside),
    }
    value["sentence"] = words_coverage.silent_sentence(value, found.unweighted, found.weighted)
    return value


def _hardly_in_contact(frame: Frame, inside: Bools) -> bool:
    """Whether these runs' customers were in contact less than half as often as the others'."""
    contacted = frame.asked.contacted[frame.inside]
    return bool((~inside).any()) and float(contacted[inside].mean()) < 0.5 * float(contacted[~inside].mean())


def _bounds(found: Bounds) -> Value:
    return {"score": found.value, "lo": found.lo, "hi": found.hi}


def poor_bounds(frame: Frame) -> Value | None:
    """The share of poor journeys (experience under 50) whatever those who did not answer would have said."""
    answered = np.isfinite(frame.score)
    n, population = int(answered.sum()), len(frame.score)
    if len(np.unique(frame.customers[answered])) < small_cell():
        return None
    k = int((frame.score[answered] < POOR_BELOW).sum())
    lo, hi = share_bounds(k, n, population)
    return {"share": k / n, "lo": lo, "hi": hi, "k": k, "n": n, "population": population}


def non_response(frame: Frame) -> list[Value]:
    """Odds of an answer by class and frame variable (logistic, by customer); [] where the fit has no end."""
    answered = np.isfinite(frame.score)
    names = sorted(set(frame.classes))
    labels = np.asarray(frame.classes, dtype=object)
    columns = {f"class:{name}": (labels == name).astype(np.float64) for name in names[1:]} | frame.columns
    if not columns or not answered.any() or answered.all():
        return []
    fit = logistic(answered.astype(np.float64), np.column_stack(list(columns.values())), frame.customers)
    if fit is None:
        return []
    q_values = benjamini_hochberg([item.p for item in fit.coefficients])
    return [
        {
            "variable": name,
            "odds_ratio": item.odds_ratio,
            "lo": float(np.exp(item.lo)),
            "hi": float(np.exp(item.hi)),
            "p": item.p,
            "q": q,
            "n": fit.n,
        }
        for name, item, q in zip(columns, fit.coefficients, q_values, strict=True)
    ]


def pair_values(frame: Frame) -> tuple[list[Value], Value | None]:
    """Who is missing among the pairs, by class, and the gap weighted to all journeys; None with too small a class."""
    context = frame.asked.context
    gaps = (context.runs.service - context.table.experience)[frame.inside]
    paired, labels = np.isfinite(gaps), np.asarray(frame.classes, dtype=object)
    population = {name: float((labels == name).sum()) for name in sorted(set(frame.classes))}
    pairs = {name: int((paired & (labels == name)).sum()) for name in population}
    hidden = context.told.hidden_by(frame.asked.by, list(pairs), lambda views: [views.rated & views.served])
    missing: list[Value] = [
        {"name": name, "frame": int(size), "pairs": None if hidden[name] else pairs[name]}
        for name, size in population.items()
    ]
    if any(hidden.values()) or min(pairs.values(), default=0) < small_cell():
        return missing, None
    found = post_stratified_mean(gaps[paired], labels[paired].tolist(), population, frame.customers[paired])
    return missing, {"gap": found.value, "lo": found.lo, "hi": found.hi}
