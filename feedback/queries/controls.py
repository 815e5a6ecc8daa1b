"""What every explanation is adjusted for: the case mix, the segment and the month in which a run started."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from feedback.insights.arrays import Floats
from feedback.queries.journey_definition import JourneyDefinition
from feedback.queries.run_table import RunTable

LEVEL_FROM = 10  # a rarer value has no column of its own
NUMBER_FROM = 10  # an attribute with more numbers than this is a number, not a list of names


@dataclass(frozen=True, slots=True)
class Controls:
    """Columns of shape (runs, c) without missing values, and the names of what they hold constant."""

    columns: Floats | None
    names: tuple[str, ...]


def controls_of(definition: JourneyDefinition, table: RunTable) -> Controls:
    """Attributes marked case_mix, segment and start month, each where it varies among runs with an experience."""
    asked = np.isfinite(table.experience)
    labels = {name: table.attribute(name) for name in definition.options.get("case_mix") or ()}
    labels |= {"segment": table.attribute("segment"), "start_month": list(table.start_month)}
    found = {name: _columns(values, asked) for name, values in labels.items()}
    kept = {name: columns for name, columns in found.items() if columns.shape[1]}
    return Controls(np.column_stack(list(kept.values())) if kept else None, tuple(kept))


def _columns(labels: list[str | None], asked: Floats) -> Floats:
    numbers = _numbers(labels)
    return _dummies(labels, asked) if numbers is None else numbers


def _numbers(labels: list[str | None]) -> Floats | None:
    """Values and a flag of the missing ones, where an attribute has many different numbers; else None."""
    try:
        values = np.array([np.nan if label is None else float(label) for label in labels])
    except ValueError:
        return None
    known = np.isfinite(values)
    if len(np.unique(values[known])) <= NUMBER_FROM:
        return None
    filled = np.where(known, values, values[known].mean())
    return np.column_stack([filled, ~known]) if not known.all() else filled[:, None]


def _dummies(labels: list[str | None], asked: Floats) -> Floats:
    """A column per value but the commonest; rare ones share a column, missing is a value like others."""
    counts = Counter(label or "" for label, counted in zip(labels, asked, strict=True) if counted)
    levels = [level for level, n in counts.most_common() if n >= LEVEL_FROM]
    columns = [[float((label or "") == level) for label in labels] for level in levels[1:]]
    rare = [float((label or "") not in levels) for label in labels]
    rest = sum(n for level, n in counts.items() if level not in levels)
    if levels and rest >= LEVEL_FROM:
        columns.append(rare)
    return np.array(columns, dtype=np.float64).T if columns else np.empty((len(labels), 0))
