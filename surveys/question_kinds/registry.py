"""The kinds by name, and what is the same for all of them: rows, reading a form's value, a first value, words."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from django.utils.translation import gettext_lazy

from surveys.question_kinds.agreement import Agreement
from surveys.question_kinds.base import Choice, QuestionKind, QuestionSpec, Raw, RawValue
from surveys.question_kinds.battery import Battery
from surveys.question_kinds.between_steps import BetweenSteps
from surveys.question_kinds.ces import Ces
from surveys.question_kinds.consent import Consent
from surveys.question_kinds.contact import Contact, parts_of
from surveys.question_kinds.csat import Csat
from surveys.question_kinds.date import Date
from surveys.question_kinds.feelings import Feelings
from surveys.question_kinds.hidden import Hidden
from surveys.question_kinds.matrix import Matrix
from surveys.question_kinds.multi import Multi
from surveys.question_kinds.nps import Nps
from surveys.question_kinds.number import Number
from surveys.question_kinds.ranking import Ranking
from surveys.question_kinds.repeated_myself import RepeatedMyself
from surveys.question_kinds.scale import Scale
from surveys.question_kinds.service_quality import ServiceQuality
from surveys.question_kinds.single import Single
from surveys.question_kinds.statement import Statement
from surveys.question_kinds.text import Text
from surveys.question_kinds.yes_no import YesNo

_ALL: Final[tuple[QuestionKind, ...]] = (
    *(Nps(), Csat(), Ces(), Scale(), Agreement(), RepeatedMyself(), YesNo()),
    *(ServiceQuality(), BetweenSteps(), Matrix(), Feelings()),
    *(Single(), Multi(), Ranking(), Number(), Date(), Text()),
    *(Contact(), Consent(), Statement(), Hidden()),
)
# Translators: stands between the things of a list, with its blank.
BETWEEN: Final = gettext_lazy(", ")
KINDS: Final[dict[str, QuestionKind]] = {each.name: each for each in _ALL}
ENDS: Final = {
    "nps": (gettext_lazy("Not at all likely"), gettext_lazy("Extremely likely")),
    "csat": (gettext_lazy("Very dissatisfied"), gettext_lazy("Very satisfied")),
    "ces": (gettext_lazy("Strongly disagree"), gettext_lazy("Strongly agree")),
    "repeated_myself": (gettext_lazy("Not at all"), gettext_lazy("Again and again")),
}
SEALED: Final = frozenset({"contact"})  # personal: encrypted where it is kept

ASK_NOTHING: Final = frozenset({"statement", "hidden"})


def kind(name: str) -> QuestionKind:
    """The kind of this name; ValueError names the kinds there are."""
    try:
        return KINDS[name]
    except KeyError:
        raise ValueError(f'Unknown kind of question "{name}": use {", ".join(KINDS)}.') from None


def rows_of(spec: QuestionSpec) -> tuple[QuestionSpec, ...]:
    """The questions that are stored for this one: itself, the rows of a battery, none for a statement."""
    it = kind(spec.kind)
    if isinstance(it, Battery):
        return it.rows(spec)
    return () if spec.kind == Statement.name else (spec,)


def rows_shown(spec: QuestionSpec) -> tuple[Choice, ...]:
    """Code and words of the rows of a battery, its own in the language in force; none for any other kind."""
    it = kind(spec.kind)
    return it.items(spec) if isinstance(it, Battery) else ()


def read(cleaned: Any, spec: QuestionSpec) -> dict[str, RawValue]:
    """Answers by code from the cleaned value of the form field; ValueError as parse() raises it."""
    it = kind(spec.kind)
    if isinstance(it, Battery | Contact):
        return it.read(cleaned, spec)
    if spec.kind == Statement.name:
        return {}
    raw: Raw = cleaned if isinstance(cleaned, list) else "" if cleaned is None else str(cleaned)
    return {spec.code: it.parse(raw, spec)}


def initial(spec: QuestionSpec, chosen: Mapping[str, RawValue]) -> dict[str, str | list[str]]:
    """What was answered as the inputs want it, by their names."""
    if spec.kind == Contact.name:
        return {f"{spec.code}.{part}": words for part, words in parts_of(chosen.get(spec.code, RawValue())).items()}
    found: dict[str, str | list[str]] = {}
    for row in rows_of(spec):
        value = chosen.get(row.code, RawValue())
        exported = kind(row.kind).export(value, row)
        if row.other:
            found[row.code] = [*value.choices, *([f"{row.other}={value.text}"] if value.text else [])]
        elif row.kind == Consent.name:
            found[row.code] = "on" if value.number else ""
        else:
            found[row.code] = list(value.choices) if row.kind in ("multi", "feelings", "ranking") else exported
    return found


def with_ends(spec: QuestionSpec) -> QuestionSpec:
    """The same with words at the ends of its scale, the kind's own where the author wrote none."""
    if spec.low or spec.high or spec.kind not in ENDS:
        return spec
    low, high = ENDS[spec.kind]
    return replace(spec, low=str(low), high=str(high))


def shown(specs: Sequence[QuestionSpec], answers: Mapping[str, RawValue]) -> dict[str, str]:
    """Answers in the customer's words by code, to be put into a later text; what is personal is left out."""
    rows = [row for spec in specs for row in rows_of(spec) if row.kind not in SEALED]
    return {row.code: words(answers[row.code], row) for row in rows if row.code in answers}


def words(value: RawValue, spec: QuestionSpec) -> str:
    """An answer as a person would read it."""
    it = kind(spec.kind)
    if value.choices and spec.kind not in ("date", "hidden"):
        labels = dict(it.choices(spec)) if isinstance(it, Feelings) else dict(spec.choices)
        named = [value.text if code == spec.other and value.text else labels.get(code, code) for code in value.choices]
        return str(BETWEEN).join(named)
    if spec.kind == Date.name:
        return Date().words(value)
    if value.number is not None and isinstance(it, Agreement):
        return dict(it.labels(spec)).get(str(int(value.number)), "")
    if value.number is not None and isinstance(it, YesNo | Consent):
        return YesNo().words(value, replace(spec, choices=spec.choices if isinstance(it, YesNo) else ()))
    if isinstance(it, Contact):
        return str(BETWEEN).join(parts_of(value).values())
    return it.export(value, spec)
