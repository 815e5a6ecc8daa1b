"""Words of run rows (segment, attributes), read one column at a time and only where something asks for them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db.models import Case, JSONField, QuerySet, When
from django.db.models.fields.json import KeyTransform

from feedback.insights.arrays import Floats, Ints
from feedback.models import RunScore
from feedback.queries.columns import read_coded

YES, NO = ("1", "true", "yes"), ("0", "false", "no")


@dataclass(frozen=True, slots=True)
class RunLabels:
    """rows: the run rows, unread; run: the runs whose words are wanted, ascending, in whose order they come."""

    rows: QuerySet[RunScore]
    run: Ints
    known: dict[str, list[Any]] = field(default_factory=dict)

    def segment(self) -> list[str]:
        """The customer's segment of each run, "" where it has none."""
        return self._read("segment", "segment", "")

    def attribute(self, name: str) -> list[Any]:
        """One attribute of each run as it came: the run's where it has it, else the customer's; None without."""
        own = When(run__attributes__has_key=name, then=KeyTransform(name, "run__attributes"))
        either = Case(own, default=KeyTransform(name, "customer__attributes"), output_field=JSONField())
        return self._read(f"attribute {name}", either, None)

    def _read(self, key: str, what: str | Case, missing: Any) -> list[Any]:
        """One column in the order of the runs; those that have gone since are missing, those that came are not here."""
        if key not in self.known:
            found, words = read_coded(self.rows, {}, {}, {"word": what})
            word = words["word"]
            decode = json.loads if isinstance(what, Case) else str
            values = [decode(name) if name else missing for name in word.names]
            codes = np.append(word.codes, len(values))[places_of(self.run, found["pk"])]
            values.append(missing)
            self.known[key] = [values[code] for code in codes.tolist()]
        return self.known[key]


def places_of(wanted: Ints, keys: Ints) -> Ints:
    """Where each wanted key stands among the ascending keys; behind the last one where it is not there."""
    place = np.searchsorted(keys, wanted)
    there = np.append(keys, -1)[place] == wanted
    return np.where(there, place, len(keys)).astype(np.int64)


def yes_or_no(labels: Sequence[str | None]) -> Floats:
    """1 for yes and 0 for no as tables write them, NaN for anything else; shape (runs,)."""
    texts = [str(label).lower() if label else None for label in labels]
    return np.array([1.0 if text in YES else 0.0 if text in NO else np.nan for text in texts], dtype=np.float64)
