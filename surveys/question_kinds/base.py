"""What a question is (QuestionSpec), what an answer to it is (RawValue), and what every kind can do."""

import re
from dataclasses import dataclass
from typing import Final, Protocol

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

Choice = tuple[str, str]  # (code, label)
Raw = str | list[str]  # as it comes from a form or a cell

_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,9}(?:\.0+)?")
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")


@dataclass(frozen=True)
class QuestionSpec:
    """One question in one language, as a kind needs it. Scale ends are whole numbers, None where not of the kind."""

    code: str
    kind: str
    text: str
    help: str = ""
    scale_min: int | None = None
    scale_max: int | None = None
    reversed: bool = False
    choices: tuple[Choice, ...] = ()
    required: bool = False
    low: str = ""
    high: str = ""
    long: bool = True  # text only: several lines, or one
    rows: tuple[Choice, ...] = ()  # of a battery: what is rated, item by item
    least: float | None = None  # number: lowest value; multi and ranking: how many at least
    most: float | None = None
    step: float | None = None
    first_day: str = ""  # date: YYYY-MM-DD
    last_day: str = ""
    max_length: int | None = None
    style: str = ""  # csat: numbers, stars or smileys
    exclusive: tuple[str, ...] = ()  # choices that stand alone
    other: str = ""  # the choice that comes with words of one's own
    parts: tuple[str, ...] = ()  # contact: which of name, email, phone
    grants: tuple[str, ...] = ()  # consent: channels that it allows


@dataclass(frozen=True)
class RawValue:
    """What was answered: a number, chosen codes in the order of the question, or text. Empty: not answered."""

    number: float | None = None
    choices: tuple[str, ...] = ()
    text: str = ""

    @property
    def is_blank(self) -> bool:
        return self.number is None and not self.choices and not self.text


class QuestionKind(Protocol):
    """One kind of question. All methods but validate_spec expect a spec that validates."""

    @property
    def name(self) -> str: ...

    @property
    def template_name(self) -> str:
        """Template with the context {field, spec, number, total}; field is a BoundField.

        Every posted name is the question's code, or begins with the code and a dot.
        """
        ...

    def validate_spec(self, spec: QuestionSpec) -> list[str]:
        """Every problem of the question as a sentence; empty when it can be published."""
        ...

    def form_field(self, spec: QuestionSpec) -> forms.Field:
        """A form field whose cleaned value goes through parse()."""
        ...

    def parse(self, raw: Raw, spec: QuestionSpec) -> RawValue:
        """The value of a form field or a cell. Blank gives an empty RawValue; ValueError says what is wanted."""
        ...

    def score(self, value: RawValue, spec: QuestionSpec) -> float | None:
        """0-100, higher is better; None where the kind has no score or nothing was answered."""
        ...

    def export(self, value: RawValue, spec: QuestionSpec) -> str:
        """The value for a cell; parse() reads it back."""
        ...


def pomp(value: float, low: float, high: float, low_is_good: bool = False) -> float:
    """Percent of maximum possible: 100 (x - min) / (max - min), from the other end where low is good (method 2.8)."""
    percent = 100.0 * (value - low) / (high - low)
    return 100.0 - percent if low_is_good else percent


def whole(number: float) -> str:
    """A number without needless decimals: 7, not 7.0."""
    return str(int(number)) if number == int(number) else repr(number)


def one_text(raw: Raw) -> str:
    """The single text of a raw value; ValueError when several were given."""
    if isinstance(raw, str):
        return raw.strip()
    if len(raw) > 1:
        raise ValueError(_("Give one answer only."))
    return raw[0].strip() if raw else ""


def parse_whole(raw: Raw, low: int, high: int) -> RawValue:
    """A whole number within [low, high]; nothing is rounded or moved to the nearest end."""
    text = one_text(raw)
    if not text:
        return RawValue()
    if not _WHOLE.fullmatch(text) or not low <= int(float(text)) <= high:
        raise ValueError(range_message(low, high))
    return RawValue(number=float(text))


def range_message(low: int, high: int) -> str:
    return _("Choose a number from %(low)s to %(high)s") % {"low": low, "high": high}


def choice_problems(spec: QuestionSpec, least: int = 2) -> list[str]:
    """What is wrong with the choices: too few, codes that repeat or cannot be stored, labels missing."""
    problems = []
    codes = [code for code, _label in spec.choices]
    if len(codes) < least:
        words = ngettext("Give at least %(least)s choice.", "Give at least %(least)s choices.", least)
        problems.append(words % {"least": least})
    twice = sorted({code for code in codes if codes.count(code) > 1})
    problems += [_('The choice code "%(code)s" is there more than once.') % {"code": code} for code in twice]
    for code, label in spec.choices:
        if not _CODE.fullmatch(code):
            problems.append(
                _('The choice code "%(code)s" must be letters, digits, dots, hyphens or underscores.') % {"code": code}
            )
        if not label.strip():
            problems.append(_('The choice "%(code)s" has no label.') % {"code": code})
    return problems


def common_problems(spec: QuestionSpec, *, scale: bool = False, choices: bool = False, rows: bool = False) -> list[str]:
    """Problems that any kind can have: no text, a bad code, or keys that do not belong to the kind."""
    problems = []
    if not spec.text.strip():
        problems.append(_("The question has no text."))
    if not _CODE.fullmatch(spec.code):
        problems.append(_("The question code must be letters, digits, dots, hyphens or underscores."))
    if not scale and (spec.scale_min is not None or spec.scale_max is not None):
        problems.append(_('A question of kind "%(kind)s" has no scale: remove it.') % {"kind": spec.kind})
    if not choices and spec.choices:
        problems.append(_('A question of kind "%(kind)s" has no choices: remove them.') % {"kind": spec.kind})
    if not rows and spec.rows:
        problems.append(_('A question of kind "%(kind)s" has no rows: remove them.') % {"kind": spec.kind})
    if spec.exclusive and spec.kind != "multi":
        problems.append(_("Only a choice of a question of kind multi can be exclusive."))
    if spec.other and spec.kind not in ("single", "multi"):
        problems.append(_("Only a choice of a question of kind single or multi can ask for words of one's own."))
    return problems
