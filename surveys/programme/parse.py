"""A programme file as a value, with every problem in it; nothing is written and no database is read."""

from dataclasses import dataclass
from typing import Final

from surveys.programme.asking import parse_policy, parse_rules
from surveys.programme.journeys import parse_journey
from surveys.programme.mappings import parse_imports
from surveys.programme.nodes import Node, Notes, Problem
from surveys.programme.outcomes import parse_outcomes
from surveys.programme.questionnaires import parse_surveys
from surveys.programme.reading import Source, read
from surveys.programme.schema import Programme
from surveys.programme.sender import parse_sender
from surveys.rendering.contrast import accent_problem

TOP_KEYS: Final = (
    "journey",
    "sender",
    "stages",
    "transitions",
    "surveys",
    "rules",
    "contact_policy",
    "outcomes",
    "imports",
    "theme",
)


@dataclass(frozen=True)
class Checked:
    """The programme (None where it cannot be one) and its problems by line."""

    programme: Programme | None
    problems: tuple[Problem, ...]
    source: Source

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.is_error)


def parse(text: str) -> Checked:
    """Check a whole file. Raises reading.Unreadable where it is no YAML."""
    source = read(text)
    notes = Notes(source)
    for path, message in source.oddities:
        notes.add(path, message)
    programme = _programme(Node(source.data, (), notes))
    return Checked(programme, tuple(notes.sorted()), source)


def _programme(root: Node) -> Programme | None:
    if not root.expect(*TOP_KEYS):
        return None
    journey = parse_journey(root)
    if journey is None:
        return None
    surveys = parse_surveys(root, journey)
    return Programme(
        journey=journey,
        surveys=surveys,
        rules=parse_rules(root, journey, surveys),
        contact_policy=parse_policy(root),
        sender=parse_sender(root),
        outcomes=parse_outcomes(root),
        imports=parse_imports(root, journey, surveys),
        accent=_accent(root),
    )


def _accent(root: Node) -> str:
    """theme: {accent: "#0b5cad"}; a colour that people could not read is a problem."""
    if not root.has("theme") or not root.child("theme").expect("accent"):
        return ""
    theme = root.child("theme")
    if not theme.has("accent"):
        theme.problem('"accent" is missing: write the colour in quotes, as "#0b5cad".')
        return ""
    accent = theme.text("accent").lower()
    problem = accent_problem(accent)
    if problem:
        theme.problem(problem, "accent")
    return "" if problem else accent
