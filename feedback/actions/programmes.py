"""A whole programme file: checked against itself and the rows, loaded in one transaction, dumped."""

from dataclasses import dataclass, replace

from django.db import transaction

from feedback.actions.programme_outcomes import outcomes_of, save_outcomes
from surveys.models import Journey
from surveys.programme.conflicts import conflicts
from surveys.programme.load import Loaded, load_programme
from surveys.programme.nodes import Problem
from surveys.programme.parse import Checked, parse
from surveys.programme.rows import programme_of
from surveys.programme.writing import write


@dataclass
class ProgrammeRefused(Exception):
    """The file has errors; nothing was written."""

    problems: tuple[Problem, ...]

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


def check_text(text: str) -> Checked:
    """Every problem of a file, those with the rows included. Raises surveys.programme.reading.Unreadable."""
    checked = parse(text)
    found = (*checked.problems, *conflicts(checked))
    return replace(checked, problems=tuple(sorted(found, key=lambda problem: problem.line)))


@transaction.atomic
def load_text(text: str, *, publish: bool = False) -> Loaded:
    """Check and write a whole programme. Raises ProgrammeRefused or Unreadable; then nothing is written."""
    checked = check_text(text)
    if checked.errors or checked.programme is None:
        raise ProgrammeRefused(checked.errors)
    loaded = load_programme(checked.programme, publish=publish)
    changes = save_outcomes(loaded.journey, checked.programme.outcomes)
    return replace(loaded, changes=(*loaded.changes, *changes))


def dump_text(journey: Journey) -> str:
    """The canonical file of a journey. ValueError where it has no version."""
    programme = programme_of(journey)
    if programme is None:
        raise ValueError(f'The journey "{journey.code}" has no version to dump.')
    return write(replace(programme, outcomes=outcomes_of(journey)))
