"""Score one column of a CSV file by the same engines as the pipeline; rows stream through, memory stays flat."""

import csv
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Protocol, TextIO

from django.utils.translation import gettext as _

from feedback import sentiment

BATCH = 1_000
ADDED = ("polarity", "label", "confidence", "language", "engine", "version")


class Writable(Protocol):
    """All that is asked of the target: a file, or a command's output."""

    def write(self, text: str, /) -> object: ...


class UnusableTable(ValueError):
    """The file cannot be scored; the sentence says why and how to mend it."""


def score_table(
    source: TextIO, target: Writable, column: str, language: str = "", tell: Callable[[int], None] | None = None
) -> int:
    """Copy the CSV with the columns of ADDED behind its own; returns the number of rows.

    `language` is that of the form, for texts too short to tell; `tell` hears the number of rows after each batch.
    UnusableTable for a missing column, a name that is taken, a ragged row, or a file that is not CSV in UTF-8.
    """
    rows = _read(source)
    header = next(rows, None)
    place = _place(header, column)
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow([*(header or ()), *ADDED])
    done = 0
    while batch := list(islice(rows, BATCH)):
        _refuse_ragged(batch, len(header or ()), done)
        scores = sentiment.score([row[place] for row in batch], [language] * len(batch))
        writer.writerows([*row, *_cells(score)] for row, score in zip(batch, scores, strict=True))
        done += len(batch)
        if tell:
            tell(done)
    return done


def _read(source: TextIO) -> Iterator[list[str]]:
    """Rows that hold something; csv and decoding errors as sentences."""
    reader = csv.reader(source)
    try:
        yield from (row for row in reader if row)
    except (csv.Error, UnicodeDecodeError) as trouble:
        where = {"line": reader.line_num + 1, "trouble": trouble}
        raise UnusableTable(_("Line %(line)s is not CSV in UTF-8 (%(trouble)s). Save the file so.") % where) from None


def _place(header: Sequence[str] | None, column: str) -> int:
    """Position of the column to score."""
    if not header:
        raise UnusableTable(_("The file is empty. It needs a header row and a column of texts."))
    names = [name.strip() for name in header]
    if names.count(column.strip()) != 1:
        known = {"column": column, "names": ", ".join(names)}
        raise UnusableTable(_('The file needs the column "%(column)s" exactly once. It has: %(names)s.') % known)
    taken = [name for name in names if name in ADDED]
    if taken:
        raise UnusableTable(_("The file already has %(taken)s. Rename them first.") % {"taken": ", ".join(taken)})
    return names.index(column.strip())


def _refuse_ragged(rows: Sequence[Sequence[str]], width: int, before: int) -> None:
    for number, row in enumerate(rows, start=before + 1):
        if len(row) != width:
            sizes = {"number": number, "cells": len(row), "width": width}
            raise UnusableTable(_("Row %(number)s has %(cells)s cells, the header has %(width)s.") % sizes)


def _cells(score: sentiment.TextScore) -> tuple[str, ...]:
    """The added cells; what could not be computed is blank, never 0."""
    numbers = ["" if number is None else repr(number) for number in (score.polarity, score.confidence)]
    return numbers[0], score.label, numbers[1], score.language, score.engine, score.version
