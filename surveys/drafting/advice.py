"""Advice on a draft: what its questions lead to, ask twice over, measure or miss. Nothing of it forbids publishing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from surveys.drafting.barrels import two_things
from surveys.drafting.leading import leading_words
from surveys.drafting.reading_age import reading_age
from surveys.drafting.texts import SCORED, each_text, plain, questions_of
from surveys.enums import SurveyKind
from surveys.question_kinds.registry import ASK_NOTHING
from surveys.replies.document import FEW_QUESTIONS, by_conversation

OLDEST_READER: Final = 14.0  # years: B1, what most adults read without effort
OLDEST_TOLD: Final = 20  # beyond it the formulas name years that mean nothing
SPARE_MINUTE: Final = {SurveyKind.TOUCHPOINT: 60, SurveyKind.END_TO_END: 180, SurveyKind.RELATIONSHIP: 240}
WRITTEN: Final = frozenset({"text", "long_text", "short_text"})


@dataclass(frozen=True, slots=True)
class Advice:
    """question: code of the question it is about, "" for the survey; code names the rule."""

    code: str
    text: str
    question: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known outside the draft.

    scales: (survey code, kind, lowest, highest) of the headlines that this survey's is compared with. seconds: the
    estimated time to answer, None where nothing is known. asked_before: codes that were answered in earlier versions;
    told_of: those of them that some finding named.
    """

    scales: Sequence[tuple[str, str, float, float]] = ()
    seconds: float | None = None
    asked_before: frozenset[str] = field(default_factory=frozenset)
    told_of: frozenset[str] = field(default_factory=frozenset)


def advice(document: Mapping[str, Any], kind: str, around: Surroundings | None = None) -> list[Advice]:
    """Everything to be said of this draft, the survey as a whole first, then question by question."""
    around = around or Surroundings()
    return [*_whole(document, kind, around), *(each for q in questions_of(document) for each in _question(q, around))]


def _whole(document: Mapping[str, Any], kind: str, around: Surroundings) -> Iterator[Advice]:
    questions = questions_of(document)
    headline = next((each for each in questions if each.get("headline")), None)
    if headline is None:
        text = _(
            "No question is the headline: this survey will give no score to compare. Tick “Headline” at the rating "
            "that sums it up."
        )
        yield Advice("no_headline", text)
    else:
        yield from _other_scale(headline, around)
    if not any(each.get("kind") in WRITTEN for each in questions):
        text = _(
            "No question asks for words: you will see scores without their reasons. Add a question of the kind “Their "
            "own words”."
        )
        yield Advice("no_text", text)
    asked = [each for each in questions if each.get("kind") not in ASK_NOTHING]
    if by_conversation(document) and len(asked) > FEW_QUESTIONS:
        text = _("By text message few people answer more than %(few)s questions: this survey has %(count)s.")
        yield Advice("long_conversation", text % {"few": FEW_QUESTIONS, "count": len(asked)})
    yield from _hard_as_a_whole(questions)
    limit = SPARE_MINUTE[SurveyKind(kind)]
    if around.seconds is not None and around.seconds > limit:
        text = ngettext(
            "Answering takes about %(seconds)s second; people give up after about %(limit)s. Remove a question.",
            "Answering takes about %(seconds)s seconds; people give up after about %(limit)s. Remove a question.",
            round(around.seconds),
        )
        yield Advice("too_long", text % {"seconds": round(around.seconds), "limit": limit})


def _too_old(words: str, language: str) -> int:
    """The reader's age where it is more than most people's, else 0."""
    age = reading_age(words, language)
    return min(round(age), OLDEST_TOLD) if age is not None and age > OLDEST_READER else 0


def _hard_as_a_whole(questions: Sequence[Mapping[str, Any]]) -> Iterator[Advice]:
    """Single questions are short for the formulas: all of one language together are read."""
    texts: dict[str, list[str]] = {}
    for question in questions:
        for language, words in each_text(question):
            whole = plain(words)
            texts.setdefault(language, []).append(whole if whole.endswith((".", "?", "!")) else f"{whole}.")
    for language, parts in texts.items():
        if age := _too_old(" ".join(parts), language):
            text = _(
                "Only readers of about %(age)s years and more follow all of it easily: with shorter sentences and "
                "everyday words, more people answer."
            )
            yield Advice("hard_to_read", text % {"age": age}, language=language)


def _other_scale(headline: Mapping[str, Any], around: Surroundings) -> Iterator[Advice]:
    scale = headline.get("scale")
    if not scale:
        return
    own = (headline.get("kind"), *scale)
    other = [f"{name} ({kind} {low:g}-{high:g})" for name, kind, low, high in around.scales if (kind, low, high) != own]
    if other:
        text = _(
            "The headline (%(own)s) is asked in another way than in %(surveys)s: a gap between them proves nothing. "
            "Use the same kind of question and the same scale in all of them."
        )
        yield Advice(
            "other_scale",
            text % {"own": f"{own[0]} {own[1]:g}-{own[2]:g}", "surveys": ", ".join(other)},
            str(headline.get("code", "")),
        )


def _question(question: Mapping[str, Any], around: Surroundings) -> Iterator[Advice]:
    code = str(question.get("code", ""))
    for language, words in each_text(question):
        yield from (Advice(rule, text, code, language) for rule, text in _wording(question, plain(words), language))
    if code in around.asked_before and code not in around.told_of:
        text = _(
            "No finding has ever used the answers to this question: remove it, unless somebody reads them otherwise."
        )
        yield Advice("never_used", text, code)


def _wording(question: Mapping[str, Any], words: str, language: str) -> Iterator[tuple[str, str]]:
    if leads := leading_words(words, language):
        text = _("“%(words)s” leads towards an answer: ask it plainly, so that a bad experience is as easy to say.")
        yield "leading", text % {"words": leads}
    if question.get("kind") in SCORED and (pair := two_things(words, language)):
        text = _("“%(words)s” are two things in one rating: nobody can tell which was meant. Ask two questions.")
        yield "double", text % {"words": pair}
    if age := _too_old(words, language):
        text = _(
            "Only readers of about %(age)s years and more follow this easily: with a shorter sentence and everyday "
            "words, more people answer."
        )
        yield "hard_to_read", text % {"age": age}
