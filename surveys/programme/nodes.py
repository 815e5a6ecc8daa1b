"""Reading values out of a programme file: each reader notes a problem with its line and returns something usable."""

import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final, TypeVar

from cxsurvey.lib.periods import parse_period
from surveys.programme.reading import Path, Source

CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")
MAX_TEXT: Final = 4000
T = TypeVar("T")


@dataclass(frozen=True)
class Problem:
    """One thing to mend (error) or to know (warning), with its line and where in the file."""

    line: int
    where: str
    message: str
    is_error: bool = True
    code: str = ""

    def __str__(self) -> str:
        place = f"line {self.line}" + (f", {self.where}" if self.where else "")
        return f"{place}: {'' if self.is_error else 'warning: '}{self.message}"


@dataclass
class Notes:
    """Every problem found so far."""

    source: Source
    problems: list[Problem] = field(default_factory=list)

    def add(self, path: Path, message: str, *, is_error: bool = True, code: str = "") -> None:
        problem = Problem(self.source.line(path), _where(path), message, is_error, code)
        if problem not in self.problems:
            self.problems.append(problem)

    def sorted(self) -> list[Problem]:
        return sorted(self.problems, key=lambda problem: problem.line)


@dataclass(frozen=True)
class Node:
    """A value of the file, where it stands, and the notes to write problems to."""

    value: Any
    path: Path
    notes: Notes

    def problem(self, message: str, key: str | int | None = None) -> None:
        self.notes.add(self._inner(key), message)

    def problem_at(self, path: Path, message: str) -> None:
        """A problem further in."""
        self.notes.add((*self.path, *path), message)

    def warn(self, code: str, message: str, key: str | int | None = None) -> None:
        self.notes.add(self._inner(key), message, is_error=False, code=code)

    def _inner(self, key: str | int | None) -> Path:
        return self.path if key is None else (*self.path, key)

    def has(self, key: str) -> bool:
        return isinstance(self.value, dict) and self.value.get(key) is not None

    def child(self, key: str | int) -> "Node":
        return Node(self.value[key], (*self.path, key), self.notes)

    def expect(self, *known: str) -> bool:
        """Whether this is a mapping; notes every key that is not among the known ones."""
        if not isinstance(self.value, dict):
            self.problem(f"must be keys with values ({', '.join(known[:4])} …), not {_shown(self.value)}.")
            return False
        for key in self.value:
            if key not in known:
                self.problem(f'unknown key "{key}"{nearest(key, known)}', key)
        return True

    def require(self, *keys: str) -> None:
        for key in keys:
            if not self.has(key):
                self.problem(f'"{key}" is missing.')

    def entries(self, key: str) -> list["Node"]:
        """The items of a list; one thing that is no list counts as a list of one."""
        if not self.has(key):
            return []
        return self.child(key).each()

    def each(self) -> list["Node"]:
        """The items of this list; a thing that is no list counts as a list of one."""
        if isinstance(self.value, list):
            return [self.child(index) for index in range(len(self.value))]
        return [self]

    def pairs(self, key: str) -> list[tuple[str, "Node"]]:
        """The entries of a mapping in their order."""
        if not self.has(key):
            return []
        node = self.child(key)
        if not isinstance(node.value, dict):
            node.problem(f"must be names with values, not {_shown(node.value)}.")
            return []
        return [(name, node.child(name)) for name in node.value]

    def word(self) -> str:
        """This value as a text; numbers and flags as they are written."""
        if isinstance(self.value, bool):
            return "true" if self.value else "false"
        if isinstance(self.value, str | int | float):
            return str(self.value).strip()
        self.problem(f"must be a text, not {_shown(self.value)}.")
        return ""

    def text(self, key: str, most: int = 200) -> str:
        if not self.has(key):
            return ""
        text = self.child(key).word()
        if len(text) > most:
            self.problem(f"is longer than {most} characters.", key)
        return text[:most]

    def code(self, key: str) -> str:
        """A required code; blank after a problem was noted."""
        self.require(key)
        return self.optional_code(key)

    def optional_code(self, key: str) -> str:
        code = self.text(key, most=MAX_TEXT)
        if code and not CODE.fullmatch(code):
            self.problem(f'"{code[:60]}" is not a code: up to 60 letters, digits, hyphens and underscores.', key)
            return ""
        return code

    def number(self, key: str) -> float | None:
        if not self.has(key):
            return None
        value = self.value[key]
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.problem(f"must be a number, not {_shown(value)}.", key)
            return None
        return float(value)

    def positive(self, key: str) -> float | None:
        number = self.number(key)
        if number is not None and number <= 0:
            self.problem("must be more than 0.", key)
            return None
        return number

    def count(self, key: str) -> int | None:
        """A whole number of at least 1."""
        number = self.number(key)
        if number is not None and (number < 1 or number != int(number) or number > 10_000):
            self.problem("must be a whole number from 1 to 10000.", key)
            return None
        return None if number is None else int(number)

    def flag(self, key: str, default: bool) -> bool:
        if not self.has(key):
            return default
        if not isinstance(self.value[key], bool):
            self.problem(f"must be true or false, not {_shown(self.value[key])}.", key)
            return default
        return bool(self.value[key])

    def one_of(self, key: str, allowed: Iterable[str], default: str) -> str:
        """One of the named values; hyphens count as underscores."""
        if not self.has(key):
            return default
        word, known = self.child(key).word().replace("-", "_"), list(allowed)
        if word not in known:
            self.problem(f'"{word}" is none of {", ".join(known)}{nearest(word, known)}', key)
            return default
        return word

    def period(self, key: str, default: timedelta) -> timedelta:
        if not self.has(key):
            return default
        return self.parsed(key, lambda text: parse_period(text).delta, default)

    def day(self, key: str) -> date | None:
        self.require(key)
        return self.parsed(key, _day, None) if self.has(key) else None

    def parsed(self, key: str, parse: Callable[[str], T], default: T) -> T:
        """The text put through a parser whose ValueError says what is wrong."""
        try:
            return parse(self.child(key).word())
        except ValueError as error:
            self.problem(str(error).rstrip(".") + ".", key)
            return default


def nearest(word: str, known: Iterable[str]) -> str:
    """The end of a sentence: a hint at the known word that was probably meant, else a full stop."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f'; did you mean "{close[0]}"?' if close else "."


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f'"{text[:60]}" is not a day such as 2017-05-01') from None


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return "nothing" if value is None else f'"{str(value)[:60]}"'


def _where(path: Path) -> str:
    """surveys[2].questions[1].scale, counting from 1 as people do."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")
