"""What comments and lists of problems mention, run by run."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from django.db.models import Exists, F, Func, OuterRef, QuerySet, TextField, Value

from feedback.insights.arrays import Bools, Ints
from feedback.models import Answer, FreeText, TextScore, ThemeTag
from feedback.queries.columns import places_of, read_coded, read_columns
from feedback.themes.keywords import ENGINE
from feedback.themes.taxonomy import TAXONOMY

Runs = QuerySet[Any, int]  # ids as a subquery: a list of a million is no filter
BETWEEN: Final = "\x1f"  # never part of a choice's code


@dataclass(frozen=True, slots=True)
class Said:
    """Flags of shape (runs,): which runs said anything that was understood, and by code which named what."""

    anything: Bools
    named: Mapping[str, Bools]


def comment_themes(runs: Runs, among: Ints) -> Said:
    """The themes of the comments of these runs, in three queries; among: their ids, in the order of the flags.

    Of runs whose comments are not read yet, or in a language without phrases, nothing is known.
    """
    read = TextScore.objects.filter(language__in=list(TAXONOMY))
    texts = FreeText.objects.filter(Exists(read.filter(text=OuterRef("pk"))), answer__run_id__in=runs)
    wrote = read_columns(texts.filter(answer__response__late=False), {"run": "answer__run_id"}, {})["run"]
    tags = ThemeTag.objects.filter(Exists(read.filter(text=OuterRef("text"))), method=ENGINE)
    found, words = read_coded(
        tags.filter(text__answer__run_id__in=runs, text__answer__response__late=False),
        {"run": "text__answer__run_id"},
        {},
        {"theme": "theme"},
    )
    marked, themes = _marks(among), words["theme"]
    named = {theme: marked(found["run"][themes.codes == code]) for code, theme in enumerate(themes.names) if theme}
    return Said(marked(wrote), named)


def chosen_options(runs: Runs, questions: Collection[str], among: Ints) -> dict[str, Said]:
    """The choices of each run by question code, in two queries (none without questions); among: as above."""
    if not questions:
        return {}
    rows = Answer.objects.filter(run_id__in=runs, question__code__in=list(questions), response__late=False)
    choices = Func(F("choices"), Value(BETWEEN), function="array_to_string", output_field=TextField())
    found, words = read_coded(
        rows.exclude(choices=[]), {"run": "run_id"}, {}, {"question": "question__code", "choices": choices}
    )
    marked, run = _marks(among), found["run"]
    lists = [set(text.split(BETWEEN)) for text in words["choices"].names]
    chosen = {}
    for question in questions:
        about = np.array([name == question for name in words["question"].names], dtype=bool)[words["question"].codes]
        own, code_of = run[about], words["choices"].codes[about]
        seen = set[str]().union(*(lists[code] for code in np.unique(code_of).tolist()))
        holds = {code: np.array([code in each for each in lists], dtype=bool) for code in sorted(seen)}
        chosen[question] = Said(marked(own), {code: marked(own[flags[code_of]]) for code, flags in holds.items()})
    return chosen


def _marks(among: Ints) -> Callable[[Ints], Bools]:
    """What marks the runs of some ids."""

    def marked(ids: Ints) -> Bools:
        flags = np.zeros(len(among), dtype=bool)
        rows = places_of(ids, among)
        flags[rows[rows >= 0]] = True
        return flags

    return marked
