"""Words of run rows (segment, attributes), read one column at a time and only where something asks for them."""

import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db.models import Case, JSONField, QuerySet, When
from django.db.models.fields.json import KeyTransform

from feedback.insights.arrays import Floats, Ints
from feedback.models import RunScore
from feedback.queries.columns import places_of, read_coded

Coded = tuple[list[Any], Ints]  # every value that there is, and which of them each row has

YES, NO = ("1", "true", "yes"), ("0", "false", "no")


@dataclass(frozen=True, slots=True)
class RunLabels:
    """rows: the run rows, unread; run: the runs whose words are wanted, in whose order they come."""

    rows: QuerySet[RunScore]
    run: Ints
    known: dict[str, Coded] = field(default_factory=dict)

    def segment(self) -> Coded:
        """The customer's segment of each run, "" where it has none."""
        return self._read("segment", "segment", "")

    def attribute(self, name: str) -> Coded:
        """One attribute of each run as it came: the run's where it has it, else the customer's; None without."""
        own = When(run__attributes__has_key=name, then=KeyTransform(name, "run__attributes"))
        either = Case(own, default=KeyTransform(name, "customer__attributes"), output_field=JSONField())
        return self._read(f"attribute {name}", either, None)

    def _read(self, key: str, what: str | Case, missing: Any) -> Coded:
        """One column in the order of the runs; those that have gone since are missing, those that came are not here."""
        if key not in self.known:
            found, words = read_coded(self.rows, {}, {}, {"word": what})
            word = words["word"]
            decode = json.loads if isinstance(what, Case) else str
            values = [decode(name) if name else missing for name in word.names]
            codes = np.append(word.codes, len(values))[places_of(self.run, found["pk"])]
            self.known[key] = ([*values, missing], codes)
        return self.known[key]


def yes_or_no(found: Coded) -> Floats:
    """1 for yes and 0 for no as tables write them, NaN for anything else; shape (runs,)."""
    values, codes = found
    texts = [str(value).lower() if value else None for value in values]
    flags = np.array([1.0 if text in YES else 0.0 if text in NO else np.nan for text in texts], dtype=np.float64)
    told: Floats = flags[codes]
    return told


def texts_of(found: Coded, index: Ints) -> Coded:
    """Attributes of the rows of the index as texts, each text once, None where one is missing or blank."""
    values, codes = found
    texts = [None if value in (None, "") else str(value) for value in values]
    places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
    same = np.array([places[text] for text in texts], dtype=np.int64)
    return list(places), same[codes[index]]


def listed(found: Coded, index: Ints | None = None) -> list[Any]:
    """The value of each row (of the index); equal ones are one object."""
    values, codes = found
    return [values[code] for code in (codes if index is None else codes[index]).tolist()]
