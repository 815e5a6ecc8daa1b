"""The journey and the logic of a questionnaire as data for a drawing; coordinates are pixels of the SVG."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from surveys.drafting.sentences import condition_words
from surveys.drafting.texts import in_language, plain, questions_of
from surveys.enums import Measures
from surveys.queries.designer import StagePlace

ROW: Final = 56  # from one question to the next
BOX_LEFT, BOX_WIDTH, BOX_HEIGHT = 120, 320, 40
EDGE: Final = 4  # around the outermost boxes, for their lines
SHORT: Final = 40  # characters of a question in its box


@dataclass(frozen=True, slots=True)
class MapPlace:
    """One place on the drawn journey: a stage, the passage to the next, or the whole."""

    kind: str
    name: str
    measured_by: tuple[str, ...] = ()
    current: bool = False


def journey_map(stages: Sequence[StagePlace], document: Mapping[str, Any], current: str = "") -> list[MapPlace]:
    """Stages and the passages between them in order, the whole journey last; with the questions that measure each."""
    targets = {str(q["code"]): _target(q) for q in questions_of(document)}
    entered = [stage for stage in stages if not stage.is_wait]
    waits = _waits(stages)
    found: list[MapPlace] = []
    for index, stage in enumerate(entered):
        found.append(_place(str(stage.kind), stage.name, (Measures.STAGE, stage.code, ""), targets, current))
        if index + 1 < len(entered):
            passage = (Measures.TRANSITION, stage.code, entered[index + 1].code)
            found.append(_place("passage", waits.get(stage.code, ""), passage, targets, current))
    return [*found, _place("whole", "", (Measures.JOURNEY, "", ""), targets, current)]


def _waits(stages: Sequence[StagePlace]) -> dict[str, str]:
    """The name of the wait behind each stage that has one."""
    found: dict[str, str] = {}
    last = ""
    for stage in stages:
        if stage.is_wait:
            found[last] = stage.name
        else:
            last = stage.code
    return found


Target = tuple[str, str, str]


def _target(question: Mapping[str, Any]) -> Target:
    measures = str(question.get("measures") or "")
    return (measures, str(question.get("stage_code") or ""), str(question.get("to_stage_code") or ""))


def _place(kind: str, name: str, target: Target, targets: Mapping[str, Target], current: str) -> MapPlace:
    by = tuple(code for code, each in targets.items() if each == target)
    return MapPlace(kind, name, by, current in by)


@dataclass(frozen=True, slots=True)
class Box:
    """A question on the map of the logic."""

    code: str
    text: str
    x: int
    y: int
    conditional: bool


@dataclass(frozen=True, slots=True)
class Arc:
    """show: a question depends on another (left); jump: an answer leads on (right). d is the path of the SVG."""

    kind: str
    source: str
    target: str
    d: str
    words: str = ""  # when it holds; "" for always


@dataclass(frozen=True, slots=True)
class LogicMap:
    """Boxes one below the other, arcs beside them."""

    boxes: tuple[Box, ...]
    arcs: tuple[Arc, ...]
    end_y: int = field(default=0)

    @property
    def view(self) -> tuple[int, int, int, int]:
        """x, y, width and height of what is drawn: room for arcs only at the sides that have some."""
        kinds = {arc.kind for arc in self.arcs}
        left = 0 if "show" in kinds else BOX_LEFT - EDGE
        right = BOX_LEFT + BOX_WIDTH + (BOX_LEFT if "jump" in kinds else EDGE)
        return left, -EDGE, right - left, self.end_y + BOX_HEIGHT + 2 * EDGE


def logic_map(document: Mapping[str, Any], language: str) -> LogicMap:
    """What depends on what: conditions as arcs on the left, jumps and ends on the right."""
    rows = questions_of(document)
    place = {str(row["code"]): index for index, row in enumerate(rows)}
    boxes = tuple(_box(row, index, language) for index, row in enumerate(rows))
    arcs = [arc for row in rows for arc in (*_conditions(row, place), *_jumps(row, place))]
    return LogicMap(boxes, tuple(arcs), end_y=len(rows) * ROW)


def _box(row: Mapping[str, Any], index: int, language: str) -> Box:
    words = plain(in_language(row.get("text"), language)) or str(row["code"])
    short = words if len(words) <= SHORT else f"{words[: SHORT - 1]}…"
    return Box(str(row["code"]), short, BOX_LEFT, index * ROW, bool(row.get("show_if")))


def _conditions(row: Mapping[str, Any], place: Mapping[str, int]) -> Iterator[Arc]:
    to = place[str(row["code"])]
    for source in dict.fromkeys(named(row.get("show_if"))):
        start = place.get(source, place.get(source.rpartition(".")[0]))
        if start is not None:
            bend = BOX_LEFT - min(100, 16 + 10 * abs(to - start))
            yield Arc(
                "show", source, str(row["code"]), _curve(BOX_LEFT, start, bend, to), condition_words(row.get("show_if"))
            )


def _jumps(row: Mapping[str, Any], place: Mapping[str, int]) -> Iterator[Arc]:
    start, right = place[str(row["code"])], BOX_LEFT + BOX_WIDTH
    for jump in row.get("then") or ():
        target = str(jump.get("go_to", "end"))
        to = place.get(target, len(place))
        bend = right + min(100, 16 + 10 * abs(to - start))
        line, words = _curve(right, start, bend, to), condition_words(jump.get("if"))
        yield Arc("jump", str(row["code"]), target if target in place else "end", line, words)


def _curve(x: int, start: int, bend: int, end: int) -> str:
    y, to = start * ROW + BOX_HEIGHT // 2, end * ROW + BOX_HEIGHT // 2
    return f"M {x} {y} C {bend} {y}, {bend} {to}, {x} {to}"


def named(condition: object) -> Iterator[str]:
    """Every question that a condition names, in order."""
    if isinstance(condition, Mapping):
        for key, value in condition.items():
            if key == "question":
                yield str(value)
            else:
                yield from named(value)
    elif isinstance(condition, list):
        for each in condition:
            yield from named(each)
