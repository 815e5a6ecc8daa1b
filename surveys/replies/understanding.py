"""A free reply as the value of one question. Understood or not: nothing is guessed, a doubtful reply is asked again."""

import re
from typing import Final

from surveys.question_kinds import QuestionSpec, RawValue, kind
from surveys.replies.words import POLITE, SKIP, answer_word, number_word, plain, praise

STARS: Final = "⭐★✩☆"
FEW_POINTS: Final = 7  # words of praise name a place on a short scale; on 0-10 "very good" may be 8, 9 or 10
_OUT_OF: Final = re.compile(r"(\d{1,3})(?:[.,]0+)? ?(?:/|out of|of|von|aus|sur|من) ?(\d{1,3})")
_FIGURE: Final = re.compile(r"[+-]?\d{1,9}(?:[.,]\d+)?")
_LIST: Final = re.compile(r"\s*(?:,|;|\+|/|&|\band\b|\bund\b|\bet\b|\bو\b|\s)\s*")

SCALES: Final = frozenset({"nps", "csat", "ces", "scale", "agreement", "number"})
LISTS: Final = frozenset({"single", "multi", "feelings"})
WORDS: Final = frozenset({"text", "short_text", "long_text"})
ASKABLE: Final = SCALES | LISTS | WORDS | {"yes_no"}


class NotUnderstood(ValueError):
    """The reply is no answer to this question."""


def can_be_asked(spec: QuestionSpec) -> bool:
    """Whether a text message can carry the question and a reply the answer."""
    return spec.kind in ASKABLE


def asks_to_skip(text: str) -> bool:
    """Whether the whole reply says: leave this question out."""
    return _without_politeness(plain(text)) in SKIP


def understand(text: str, spec: QuestionSpec) -> RawValue:
    """The value that the reply means; blank replies and everything doubtful raise NotUnderstood.

    Scales: a figure ("9", "9/10", "9 out of 10", "٩", "nine", "****" as stars) within the scale; words of praise on
    scales of up to 7 points that are not about effort or likelihood. "9/10" is refused on a scale of another length.
    Choices: their number in the list, code, or label. Yes and no in the languages of the product. Words as they are.
    """
    if spec.kind in WORDS:
        return _parsed(text.strip(), spec)
    words = _without_politeness(plain(text))
    if spec.kind == "yes_no":
        return _yes_no(words, spec)
    if spec.kind in LISTS:
        return _choices(plain(text), words, spec)
    if spec.kind in SCALES:
        return _parsed(str(_figure(text, words, spec)), spec)
    raise NotUnderstood(spec.kind)


def _parsed(raw: str | list[str], spec: QuestionSpec) -> RawValue:
    try:
        value = kind(spec.kind).parse(raw, spec)
    except ValueError as refused:
        raise NotUnderstood(str(refused)) from None
    if value.is_blank:
        raise NotUnderstood(spec.kind)
    return value


def _without_politeness(words: str) -> str:
    """The words without "please", "I would say"; all of them where nothing else is left."""
    return " ".join(word for word in words.split() if word not in POLITE) or words


def _figure(text: str, words: str, spec: QuestionSpec) -> str:
    stars = sum(text.count(star) for star in STARS[:2])
    if stars and not words:
        return str(stars)
    if out_of := _OUT_OF.fullmatch(words):
        return _of_its_scale(int(out_of[1]), int(out_of[2]), spec)
    if _FIGURE.fullmatch(words):
        return words.replace(",", ".")
    if (value := number_word(words)) is not None:
        return str(value)
    return _praised(words, spec)


def _of_its_scale(value: int, most: int, spec: QuestionSpec) -> str:
    """ "4/5" is an answer on a scale that ends at 5, and a riddle on one that ends at 10."""
    _low, high = ends_of(spec)
    if most != high:
        raise NotUnderstood(f"{value}/{most}")
    return str(value)


def _praised(words: str, spec: QuestionSpec) -> str:
    share = praise(words)
    if share is None or spec.kind not in {"csat", "scale"}:
        raise NotUnderstood(words)
    low, high = ends_of(spec)
    place = share * (high - low)
    if high - low + 1 > FEW_POINTS or place != int(place):
        raise NotUnderstood(words)
    return str(high - int(place) if spec.reversed else low + int(place))


def ends_of(spec: QuestionSpec) -> tuple[int, int]:
    """The scale as given, else as the kind has it."""
    choices = getattr(kind(spec.kind).form_field(spec), "choices", ())
    numbers = [int(value) for value, _label in choices if str(value).lstrip("-").isdigit()]
    low = spec.scale_min if spec.scale_min is not None else min(numbers, default=0)
    high = spec.scale_max if spec.scale_max is not None else max(numbers, default=0)
    return int(low), int(high)


def _yes_no(words: str, spec: QuestionSpec) -> RawValue:
    meant = answer_word(words)
    if meant is not None:
        return _parsed("yes" if meant else "no", spec)
    code = _one_choice(words, _offered(spec))  # as they are listed, or by the survey's own words for them
    if code is None:
        raise NotUnderstood(words)
    return _parsed(code, spec)


def _choices(whole: str, words: str, spec: QuestionSpec) -> RawValue:
    """One or several of the list; a label with "and" in it is tried whole before it is taken apart."""
    listed = _offered(spec)
    code = _one_choice(whole, listed) or _one_choice(words, listed)
    if code is None and spec.kind == "single":
        raise NotUnderstood(words)
    codes = [code] if code is not None else [_one_choice(part, listed) for part in _LIST.split(words) if part]
    if not codes or None in codes:
        raise NotUnderstood(words)
    found = list(dict.fromkeys(each for each in codes if each is not None))
    return _parsed(found[0] if spec.kind == "single" else found, spec)


def offered(spec: QuestionSpec) -> list[tuple[str, str]]:
    """The choices (code, label) as they are listed in the message, from 1."""
    choices = getattr(kind(spec.kind).form_field(spec), "choices", ())
    return [(str(code), str(label)) for code, label in choices if str(code)]


def _offered(spec: QuestionSpec) -> list[tuple[str, str]]:
    return [(code, plain(label)) for code, label in offered(spec)]


def _one_choice(words: str, listed: list[tuple[str, str]]) -> str | None:
    """By number, code or whole label; else by the only label that begins so."""
    if words.isdigit():
        place = int(words) - 1
        return listed[place][0] if 0 <= place < len(listed) else None
    exact = [code for code, label in listed if words in (label, _without_politeness(label), plain(code))]
    starts = [code for code, label in listed if len(words) >= 3 and label.startswith(words)]
    found = exact or starts
    return found[0] if len(found) == 1 else None
