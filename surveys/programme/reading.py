"""A programme file as plain data with the line of every key and item."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from math import isfinite
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError, YAMLStreamError

Path = tuple[str | int, ...]
MAX_CHARACTERS: Final = 2_000_000
MAX_NODES: Final = 200_000  # also stops aliases that multiply


class Unreadable(Exception):
    """The file is no YAML that could be checked: `line` is 0 where none can be named."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


@dataclass
class Source:
    """Plain dicts, lists, strings and numbers; lines counts from 1 and is keyed by the path of keys and indices."""

    data: Any
    lines: dict[Path, int] = field(default_factory=dict)
    oddities: list[tuple[Path, str]] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """The line of this key or item, or of the nearest thing around it."""
        while path not in self.lines and path:
            path = path[:-1]
        return self.lines.get(path, 1)


def read(text: str) -> Source:
    """Parse YAML 1.2 (yes, no, on, off are words, not flags). Raises Unreadable with the line."""
    if len(text) > MAX_CHARACTERS:
        raise Unreadable(f"The file is longer than {MAX_CHARACTERS} characters.")
    try:
        loaded = YAML(typ="rt").load(text)
    except (MarkedYAMLError, YAMLStreamError, YAMLError, ValueError) as error:
        raise Unreadable(_what(error), _where(error)) from error
    except RecursionError as error:
        raise Unreadable("The file is nested too deeply.") from error
    source = Source(None)
    source.data = _Plain(source).convert(loaded, ())
    return source


class _Plain:
    """Turns ruamel's containers into plain ones and notes lines on the way."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.nodes = 0

    def convert(self, value: Any, path: Path) -> Any:
        self.nodes += 1
        if self.nodes > MAX_NODES or len(path) > 50:
            raise Unreadable("The file is too large or nested too deeply.")
        if isinstance(value, CommentedMap):
            return {str(key): self.convert(item, inner) for key, item, inner in self._pairs(value, path)}
        if isinstance(value, CommentedSeq):
            return [self.convert(item, inner) for _, item, inner in self._entries(value, path)]
        return self._scalar(value, path)

    def _pairs(self, value: CommentedMap, path: Path) -> Iterator[tuple[Any, Any, Path]]:
        marks = value.lc.data or {}
        for key, item in value.items():
            word = self._scalar(_key(key), path)
            inner = (*path, word)
            if key in marks:  # not those merged in by <<
                self.source.lines[inner] = marks[key][0] + 1
            yield word, item, inner

    def _entries(self, value: CommentedSeq, path: Path) -> Iterator[tuple[int, Any, Path]]:
        for index, item in enumerate(value):
            inner = (*path, index)
            self.source.lines[inner] = value.lc.item(index)[0] + 1
            yield index, item, inner

    def _scalar(self, value: Any, path: Path) -> Any:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int):
            return int(value)
        if isinstance(value, float):
            return self._finite(float(value), path)
        if isinstance(value, date):  # an unquoted 2017-05-15, with or without a time
            return value.isoformat()
        text = _joined(str(value))
        if any(char == "\0" or "\ud800" <= char <= "\udfff" for char in text):
            self.source.oddities.append((path, "has a character that cannot be stored (NUL or half of a pair)."))
        return text

    def _finite(self, value: float, path: Path) -> float:
        if not isfinite(value):
            self.source.oddities.append((path, "is not a number that can be stored."))
            return 0.0
        return value


def _joined(text: str) -> str:
    """A pair of halves, as JSON escapes characters beyond the basic plane, is one character."""
    if not any("\ud800" <= char <= "\udfff" for char in text):
        return text
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        return text  # a half alone: refused as it cannot be stored


def _key(key: Any) -> str:
    """Keys are words; true, null and numbers are taken as they are written."""
    if isinstance(key, bool):
        return "true" if key else "false"
    if key is None:
        return "null"
    return key.isoformat() if isinstance(key, date) else str(key)


def _what(error: Exception) -> str:
    problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
    return f"Not readable as YAML: {problem}."


def _where(error: Exception) -> int:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return mark.line + 1 if mark else 0
