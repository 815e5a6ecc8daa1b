"""What may go with the experience, run by run: predictors with what a reader is told of each, and controls."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from feedback.insights.arrays import Bools, Floats, Ints
from feedback.insights.drivers import MIN_ROWS, PRESENT_SHARE, ROWS_PER_PREDICTOR, Predictor
from feedback.insights.explain import promise_kept, wait_predictor
from feedback.insights.scores import pomp
from feedback.queries.controls import Controls, controls_of
from feedback.queries.journey_definition import JourneyDefinition, QuestionDefinition, TransitionDefinition
from feedback.queries.run_labels import yes_or_no
from feedback.queries.run_table import RunTable
from feedback.queries.themes import Said
from feedback.themes.taxonomy import OTHER
from surveys.enums import Measures, Metric

Kind = Literal[
    "service", "wait", "promise", "steps", "switches", "repeats", "departments", "proactive", "paperless", "stated",
    "theme", "rating",
]  # fmt: skip
Mode = Literal["records", "ratings"]

STATED = (Metric.RECEIPT_CONFIRMED, Metric.KNEW_WHAT_NEXT, Metric.KNEW_WHEN, Metric.REPEATED_MYSELF)
NO_RATING = ("yes_no", "single", "multi", "feelings", "text")
THEME_FROM = 10  # a theme that fewer runs mention is no predictor


@dataclass(frozen=True, slots=True)
class Candidate:
    """A predictor as a reader meets it: the words of its stage or question, and who owns it (None: nobody)."""

    predictor: Predictor
    kind: Kind
    text: str = ""
    owner: str | None = None
    touches: tuple[str, ...] = ()
    transition: TransitionDefinition | None = None
    raw: Floats | None = None


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that one explanation is computed from; dropped: ratings left out because too few answered them."""

    mode: Mode
    records: tuple[Candidate, ...]
    stated: tuple[Candidate, ...]
    controls: Controls
    partial_service: bool
    dropped: tuple[str, ...] = ()


def material_of(
    definition: JourneyDefinition, table: RunTable, service: Floats, said: Said, told_first: Ints
) -> Material:
    """The predictors of a journey (method 3.6). said: themes of comments; told_first: ids of runs in which the company
    got in touch by itself.

    A journey without any contact (a survey only) is explained by all its single ratings.
    """
    controls = controls_of(definition, table)
    asked = np.isfinite(table.experience)
    if not bool((table.contacts > 0).any()):
        ratings, dropped = _with_enough_rows(_ratings(definition, table), asked)
        return Material("ratings", tuple(ratings), (), controls, partial_service=False, dropped=dropped)
    records = [*_service(definition, service, asked), *_waits(definition, table), *_path(definition, table)]
    records += _kinds_of_run(table, told_first)
    stated = [*_stated(definition, table), *_themes(said)]
    partial = definition.options.get("service_score") != "complete" and _partly_asked(definition, table)
    return Material("records", tuple(records), tuple(stated), controls, partial)


def _service(definition: JourneyDefinition, service: Floats, asked: Bools) -> list[Candidate]:
    """The service score, unless so few runs have it that it would leave too few rows for everything else."""
    owners = tuple(dict.fromkeys(stage.owner for stage in definition.service_stages if stage.owner))
    both = int((np.isfinite(service) & asked).sum())
    if both < MIN_ROWS <= int(asked.sum()):
        return []
    predictor = Predictor("service", service, block="service", service=True, by_design=True)
    return [Candidate(predictor, "service", owner=", ".join(owners) or None, touches=owners)]


def _waits(definition: JourneyDefinition, table: RunTable) -> list[Candidate]:
    """Every wait; where waits are missing in too many runs, the share of a run's waits within promise for them."""
    seen = set(table.waits.seen())
    known = {transition.key: transition for transition in definition.transitions}
    keys = [*(key for key in known if key in seen), *sorted(seen - set(known))]
    found = [_wait(definition, known.get(key) or _passed(key), table.wait(key)) for key in keys]
    asked = np.isfinite(table.experience)
    rare = [c.transition for c in found if c.transition and _present(c.predictor, asked) < PRESENT_SHARE]
    promised = [transition for transition in rare if transition.promised_days is not None]
    if promised:
        days = np.column_stack([table.wait(transition.key) for transition in promised])
        limits = [transition.promised_days for transition in promised]
        kept = Predictor("promise_kept", promise_kept(days, limits), block="waits", reference=1.0)
        found.append(Candidate(kept, "promise"))
    return found


def _passed(key: str) -> TransitionDefinition:
    """A passage that skipped optional stages: nobody owns or promised it."""
    source, _arrow, target = key.partition("->")
    return TransitionDefinition(source, target, None, None)


def _present(predictor: Predictor, asked: Bools) -> float:
    values = np.asarray(predictor.values)[asked]
    return float(np.isfinite(values).mean()) if len(values) else 0.0


def _wait(definition: JourneyDefinition, transition: TransitionDefinition, days: Floats) -> Candidate:
    owners = {stage.code: stage.owner for stage in definition.stages}
    around = (owners.get(transition.source), transition.owner, owners.get(transition.target))
    return Candidate(
        wait_predictor(f"wait:{transition.key}", days, transition.promised_days),
        "wait",
        owner=transition.owner,
        touches=tuple(dict.fromkeys(owner for owner in around if owner)),
        transition=transition,
        raw=days,
    )


def _path(definition: JourneyDefinition, table: RunTable) -> list[Candidate]:
    """Steps, channel switches, repeat contacts and departments; unknown in runs without contacts."""
    needed = None if definition.needed_steps is None else float(definition.needed_steps)
    known = table.contacts > 0
    rows: list[tuple[Kind, Floats, str, float | None]] = [
        ("steps", table.steps, "steps", needed),
        ("switches", table.switches, "steps", 0.0),
        ("repeats", table.repeats, "repeats", 0.0),
        ("departments", table.departments, "steps", None),
    ]
    return [
        Candidate(Predictor(kind, np.where(known, values, np.nan), block=block, reference=reference), kind)
        for kind, values, block, reference in rows
    ]


def _kinds_of_run(table: RunTable, told_first: Ints) -> list[Candidate]:
    """Whether the company got in touch first, and whether the run was paperless: 1 or 0, only where runs differ."""
    told = np.where(table.contacts > 0, np.isin(table.run, told_first).astype(np.float64), np.nan)
    rows: list[tuple[Kind, Floats]] = [("proactive", told), ("paperless", yes_or_no(table.coded("paperless")))]
    return [
        Candidate(Predictor(kind, values, block=kind), kind)
        for kind, values in rows
        if len(np.unique(values[np.isfinite(values)])) > 1
    ]


def _stated(definition: JourneyDefinition, table: RunTable) -> list[Candidate]:
    """What customers said of the steps between: news of receipt, what is next and when, repeating themselves."""
    questions = [q for q in definition.questions if q.current and q.metric in STATED and q.scale is not None]
    return [_rating(definition, table, question, code, "stated") for question, code in _codes(questions)]


def _themes(said: Said) -> list[Candidate]:
    """1 where a comment mentions a theme, 0 where it does not, unknown without a comment."""
    found = []
    for theme, inside in sorted(said.named.items()):
        if theme != OTHER and int(inside.sum()) >= THEME_FROM:
            values = np.where(said.anything, inside.astype(np.float64), np.nan)
            found.append(Candidate(Predictor(f"theme:{theme}", values, block="themes"), "theme", text=theme))
    return found


def _ratings(definition: JourneyDefinition, table: RunTable) -> list[Candidate]:
    """All single ratings of stages and transitions, 0-100."""
    places = (Measures.STAGE, Measures.TRANSITION)
    replaced = {(q.survey, q.replaces) for q in definition.questions if q.replaces}
    questions = [
        q
        for q in definition.questions
        if q.current and q.measures in places and q.scale is not None and q.kind not in NO_RATING
        if (q.survey, q.code) not in replaced  # nobody answered both: no row would be complete
    ]
    order = {stage.code: place for place, stage in enumerate(definition.stages)}
    questions.sort(key=lambda question: order.get(question.stage, len(order)))
    return [_rating(definition, table, question, code, "rating") for question, code in _codes(questions)]


def single_ratings(definition: JourneyDefinition, table: RunTable) -> dict[str, Floats]:
    """The 0-100 values of every single rating, shape (runs,), by the code that results name it by."""
    found = _ratings(definition, table)
    return {each.predictor.code: np.asarray(each.predictor.values, dtype=np.float64) for each in found}


def _codes(questions: Sequence[QuestionDefinition]) -> list[tuple[QuestionDefinition, str]]:
    """Questions with the code results name them by: its own, with the stage or survey where two share it."""
    plain = Counter(question.code for question in questions)
    staged = Counter((question.stage, question.code) for question in questions)
    found = []
    for question in questions:
        code = question.code
        if plain[code] > 1:
            single = question.stage and staged[question.stage, code] == 1
            code = f"{question.stage if single else question.survey}.{code}"
        found.append((question, code))
    return found


def _rating(
    definition: JourneyDefinition, table: RunTable, question: QuestionDefinition, code: str, kind: Kind
) -> Candidate:
    values = np.full(len(table), np.nan)
    if question.scale is not None:
        raw, _customers, rows = table.rating(question.key)
        scores = pomp(raw, question.scale)
        known = np.isfinite(scores)
        count = np.bincount(rows[known], minlength=len(table))
        total = np.bincount(rows[known], weights=scores[known], minlength=len(table))
        values = np.divide(total, count, out=values, where=count > 0)
    owner = next((stage.owner for stage in definition.stages if stage.code == question.stage), None)
    block = "clarity" if kind == "stated" else ""
    predictor = Predictor(code, values, block=block, by_design=kind == "rating")
    return Candidate(predictor, kind, question.text, owner, (owner,) if owner else ())


def _with_enough_rows(ratings: list[Candidate], asked: Bools) -> tuple[list[Candidate], tuple[str, ...]]:
    """All ratings where enough rows are complete; else without the least answered, one by one."""
    kept, dropped = [c for c in ratings if _present(c.predictor, asked) > 0], list[str]()
    while len(kept) > 1 and _complete(kept, asked) < max(MIN_ROWS, ROWS_PER_PREDICTOR * len(kept)):
        rarest = min(kept, key=lambda candidate: _present(candidate.predictor, asked))
        kept.remove(rarest)
        dropped.append(rarest.predictor.code)
    if dropped and _complete(kept, asked) < MIN_ROWS:
        return ratings, ()
    return kept, tuple(dropped)


def _complete(candidates: Sequence[Candidate], asked: Bools) -> int:
    table = np.column_stack([np.asarray(candidate.predictor.values, dtype=np.float64) for candidate in candidates])
    return int((np.isfinite(table).all(axis=1) & asked).sum())


def _partly_asked(definition: JourneyDefinition, table: RunTable) -> bool:
    """Whether some run was scored from some of the service stages that surveys ask about only."""
    means = np.isfinite(table.stage_means([stage.code for stage in definition.asked_service_stages]))
    if means.shape[1] == 0:
        return False
    return bool((means.any(axis=1) & ~means.all(axis=1)).any())
