"""What every explanation is adjusted for: the case mix, the segment and the month in which a run started."""

from dataclasses import dataclass

import numpy as np

from feedback.insights.arrays import Bools, Floats
from feedback.queries.journey_definition import JourneyDefinition
from feedback.queries.run_labels import Coded
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
    labels = {name: table.coded(name) for name in definition.options.get("case_mix") or ()}
    labels |= {"segment": table.coded("segment"), "start_month": table.start_months()}
    found = {name: _columns(coded, asked) for name, coded in labels.items()}
    kept = {name: columns for name, columns in found.items() if columns.shape[1]}
    return Controls(np.column_stack(list(kept.values())) if kept else None, tuple(kept))


def _columns(coded: Coded, asked: Bools) -> Floats:
    numbers = _numbers(coded)
    return _dummies(coded, asked) if numbers is None else numbers


def _numbers(coded: Coded) -> Floats | None:
    """Values and a flag of the missing ones, where an attribute has many different numbers; else None."""
    texts, codes = coded
    try:
        told = np.array([np.nan if text is None else float(text) for text in texts])
    except ValueError:
        return None
    values = told[codes]
    known = np.isfinite(values)
    if len(np.unique(values[known])) <= NUMBER_FROM:
        return None
    filled = np.where(known, values, values[known].mean())
    return np.column_stack([filled, ~known]) if not known.all() else filled[:, None]


def _dummies(coded: Coded, asked: Bools) -> Floats:
    """A column per value but the commonest; rare ones share a column, missing is a value like others."""
    texts, codes = coded
    counts = np.bincount(codes[asked], minlength=len(texts))
    common = np.flatnonzero(counts >= LEVEL_FROM).tolist()
    common.sort(key=lambda code: (-counts[code], texts[code] or ""))
    columns = [codes == code for code in common[1:]]
    if common and int(counts.sum() - counts[common].sum()) >= LEVEL_FROM:
        columns.append(~np.isin(codes, common))
    return np.column_stack(columns).astype(np.float64) if columns else np.empty((len(codes), 0))
