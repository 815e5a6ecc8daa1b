"""Whether the answers fit the declared scale and may be compared at all: each doubt as a code with its facts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from feedback.insights.arrays import Bools, Floats, FloatsLike, Ints, Months, floats
from feedback.insights.scores import Scale

JUMP_SHARE = 0.05
YES_OR_NO = 2  # points
HALF_SHARE, HALF_FROM_ANSWERS, HALF_FROM_POINTS = 0.98, 200, 5
COMPUTED_R2 = 0.9
STRAIGHT_FROM_ITEMS = 5
# A break is claimed only where seeing no value above the old maximum for so long is this unlikely.
_CHANCE = 0.001


@dataclass(frozen=True, slots=True)
class Doubt:
    """A warning: code as results and screens name it, kind where one code has several reasons, facts as pairs."""

    code: str
    kind: str
    facts: tuple[tuple[str, float | int | str], ...]

    def fact(self, name: str) -> float | int | str:
        """The fact of this name; KeyError when the doubt has none such."""
        return dict(self.facts)[name]


@dataclass(frozen=True, slots=True)
class QuestionFormat:
    """How a question was put: its scale, the stem with the object as {...}, the labels of its points in order.

    An empty stem or no labels: not known, so nothing is claimed about them.
    """

    scale: Scale
    stem: str = ""
    labels: tuple[str, ...] = ()


def format_doubts(service: QuestionFormat, experience: QuestionFormat) -> list[Doubt]:
    """different_scales when points differ, different_questions when direction, stem or labels do (method 2.8, 3.4).

    With a doubt the gap is shown with the remark that differences under 5 points say nothing.
    """
    doubts = []
    a, b = service.scale, experience.scale
    if (a.minimum, a.maximum) != (b.minimum, b.maximum):
        facts = (("service", f"{a.minimum:g}-{a.maximum:g}"), ("experience", f"{b.minimum:g}-{b.maximum:g}"))
        doubts.append(Doubt("different_scales", "points", facts))
    if a.reversed != b.reversed:
        doubts.append(Doubt("different_questions", "direction", ()))
    if service.stem and experience.stem and _stem(service.stem) != _stem(experience.stem):
        stems = (("service", service.stem), ("experience", experience.stem))
        doubts.append(Doubt("different_questions", "stem", stems))
    if service.labels and experience.labels and service.labels != experience.labels:
        doubts.append(Doubt("different_questions", "labels", ()))
    return doubts


def _stem(text: str) -> str:
    """A stem for comparing: what stands in braces is the object asked about, case and spacing do not matter."""
    before, brace, rest = text.partition("{")
    while brace:
        _, _, after = rest.partition("}")
        head, brace, rest = after.partition("{")
        before = f"{before} {{}} {head}"
    return " ".join(before.casefold().split())


def out_of_range(values: FloatsLike, scale: Scale) -> Doubt | None:
    """scale_suspect/out_of_range when answers lie outside the declared scale: they go to quarantine (method 3.2 a)."""
    raw = floats(values)
    raw = raw[np.isfinite(raw)]
    outside = raw[(raw < scale.minimum) | (raw > scale.maximum)]
    if len(outside) == 0:
        return None
    facts = (("n", len(raw)), ("outside", len(outside)), ("lowest", float(raw.min())), ("highest", float(raw.max())))
    return Doubt("scale_suspect", "out_of_range", facts)


def half_range(values: FloatsLike, scale: Scale) -> Doubt | None:
    """scale_suspect/half_range: 98 % or more of at least 200 answers use the lower half ("1-10 answered as 1-5?").

    Not claimed of scales under 5 points, whose half is none, nor of 1-5 where low is good. Below 0: the middle counts.
    """
    raw = floats(values)
    raw = raw[np.isfinite(raw)]
    if len(raw) < HALF_FROM_ANSWERS or scale.points < HALF_FROM_POINTS or (scale.reversed and scale.points == 5):
        return None
    half = scale.maximum / 2 if scale.minimum >= 0 else (scale.minimum + scale.maximum) / 2
    share = float((raw <= half).mean())
    if share < HALF_SHARE:
        return None
    return Doubt("scale_suspect", "half_range", (("n", len(raw)), ("share", share), ("maximum", float(scale.maximum))))


def scale_changed(values: FloatsLike, periods: Sequence[str] | Months, scale: Scale | None = None) -> Doubt | None:
    """scale_changed when values above the older maximum jump from none to over 5 % at some period (method 3.2 b).

    values: raw answers, shape (n,), periods: of each a label that sorts, as "2024-05", or its month. Both ways: the
    scale may become wider or narrower; narrower is claimed only when the new maximum is at most 3/4 of the old one. The
    jump must also be no accident of few answers: (1 - share) ^ answers without any <= .001. Never of yes and no.
    Facts: period (the first of the other scale), old_maximum, new_maximum, share (of the wider side above the narrower
    maximum), n before, after.
    """
    raw, labels = floats(values), np.asarray(periods)
    if raw.shape != labels.shape:
        raise ValueError(f"periods must have one label per value: {labels.shape} and {raw.shape}")
    if scale is not None and scale.points <= YES_OR_NO:
        return None
    keep = np.isfinite(raw)
    names, codes = np.unique(labels[keep], return_inverse=True)
    raw = raw[keep]
    wider = _break(raw, codes)
    narrower = _break(raw, len(names) - 1 - codes)
    if wider:
        return _changed("wider", str(names[wider[0]]), raw, codes < wider[0], wider[1])
    if narrower:
        before = codes < len(names) - narrower[0]
        doubt = _changed("narrower", str(names[len(names) - narrower[0]]), raw, before, narrower[1])
        return doubt if raw[~before].max() <= 0.75 * raw[before].max() else None
    return None


def _break(raw: Floats, codes: Ints) -> tuple[int, float] | None:
    """First period from which more than 5 % lie above a maximum never passed before, with that share."""
    if len(raw) == 0:
        return None
    highest = np.full(int(codes.max()) + 1, -np.inf)
    np.maximum.at(highest, codes, raw)
    so_far = np.maximum.accumulate(highest)
    # Only where a period passes everything before it can a break begin.
    for first in (int(k) for k in np.flatnonzero(highest[1:] > so_far[:-1]) + 1):
        maximum = so_far[first - 1]
        before = int((codes < first).sum())
        share = float((raw[codes >= first] > maximum).mean())
        if share > JUMP_SHARE and before * np.log1p(-min(share, 1 - 1e-12)) <= np.log(_CHANCE):
            return first, share
    return None


def _changed(kind: str, period: str, raw: Floats, before: Bools, share: float) -> Doubt:
    facts = (
        ("period", period),
        ("old_maximum", float(raw[before].max())),
        ("new_maximum", float(raw[~before].max())),
        ("share", share),
        ("n_before", int(before.sum())),
        ("n_after", int((~before).sum())),
    )
    return Doubt("scale_changed", kind, facts)


def computed_from_parts(overall: FloatsLike, parts: Sequence[FloatsLike]) -> Doubt | None:
    """overall_computed_from_parts when the parts explain over 90 % of the overall (R^2, complete rows).

    overall: shape (n,), parts: k columns of the same length. Not judged under max(50, 10 k) complete rows.
    """
    if not parts:
        return None
    y, x = floats(overall), np.column_stack([floats(part) for part in parts])
    keep = np.isfinite(y) & np.isfinite(x).all(axis=1)
    y, x = y[keep], x[keep]
    total = float(((y - y.mean()) ** 2).sum()) if len(y) else 0.0
    if len(y) < max(50, 10 * x.shape[1]) or total <= 0:
        return None
    design = np.column_stack([np.ones(len(y)), x])
    residual = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
    r2 = 1 - float((residual**2).sum()) / total
    if r2 <= COMPUTED_R2:
        return None
    return Doubt("overall_computed_from_parts", "r2", (("r2", r2), ("n", len(y)), ("parts", x.shape[1])))


def straight_lining(items: FloatsLike | Floats) -> Doubt | None:
    """straight_lining: of respondents with 5 or more answers, how many gave always the same (method 3.2).

    items: 0-100 values, shape (respondents, items), NaN missing. None when nobody did, or nobody answered 5.
    """
    table = floats(items)
    if table.ndim != 2:
        raise ValueError(f"items need the shape (respondents, items), got {table.shape}")
    table = table[np.isfinite(table).sum(axis=1) >= STRAIGHT_FROM_ITEMS]
    if len(table) == 0:
        return None
    same = int((np.nanmax(table, axis=1) == np.nanmin(table, axis=1)).sum())
    if same == 0:
        return None
    return Doubt("straight_lining", "share", (("k", same), ("n", len(table)), ("share", same / len(table))))
