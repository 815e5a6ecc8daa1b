"""One question as a text message: its words, and how to answer it, in the language in force. Kept short and plain.

Translators: everything here goes into text messages. Keep to characters of the GSM alphabet (no typographic quotes,
dashes or spaces) and very short.
"""

from django.utils.translation import gettext as _

from surveys.channels.sms.base import plain_signs
from surveys.question_kinds import QuestionSpec, kind, with_ends
from surveys.question_kinds.agreement import Agreement
from surveys.replies.understanding import LISTS, SCALES, ends_of, offered

SEVERAL = frozenset({"multi", "feelings"})


def question_text(spec: QuestionSpec) -> str:
    """The question with its ends or its choices, numbered as understand() reads them; and how to skip it."""
    between = "\n" if spec.kind in LISTS else " "
    left_out = "" if spec.required else _("Reply SKIP to skip.")
    return plain_signs(" ".join(filter(None, (f"{spec.text}{between}{how_to_answer(spec)}".strip(), left_out))))


def how_to_answer(spec: QuestionSpec) -> str:
    """What to write back."""
    if spec.kind in LISTS:
        return _list(spec)
    if spec.kind == "yes_no":
        yes, no = (label for _code, label in offered(spec))
        return _("Answer %(yes)s or %(no)s.") % {"yes": yes, "no": no}
    return _scale(spec) if spec.kind in SCALES else ""


def asked_again(spec: QuestionSpec) -> str:
    """The one polite second try: how to answer, and that it may be left out where it may."""
    words = _("Sorry, that was not clear.")
    hint = _numbers(spec) if spec.kind in SCALES else how_to_answer(spec)
    left_out = "" if spec.required else _("Or write SKIP.")
    return plain_signs(" ".join(filter(None, (words, hint, left_out))))


def _list(spec: QuestionSpec) -> str:
    lines = "\n".join(f"{number} {label}" for number, (_code, label) in enumerate(offered(spec), start=1))
    if spec.kind in SEVERAL:
        return f"{lines}\n" + _("Answer with one or more numbers, such as 1 2.")
    return f"{lines}\n" + _("Answer with one number.")


def _scale(spec: QuestionSpec) -> str:
    """With the words at the ends where there are any: 1 = Very dissatisfied, 5 = Very satisfied."""
    low_words, high_words = _end_words(spec)
    if not (low_words and high_words):
        return _numbers(spec)
    low, high = ends_of(spec)
    names = {"low": low, "high": high, "low_words": low_words, "high_words": high_words}
    return _("Answer from %(low)s (%(low_words)s) to %(high)s (%(high_words)s).") % names


def _numbers(spec: QuestionSpec) -> str:
    if spec.kind == "number" and (spec.least is None or spec.most is None):
        return _("Please answer with a number.")
    low, high = (spec.least, spec.most) if spec.kind == "number" else ends_of(spec)
    return _("Please answer with a number from %(low)s to %(high)s.") % {"low": f"{low:g}", "high": f"{high:g}"}


def _end_words(spec: QuestionSpec) -> tuple[str, str]:
    it = kind(spec.kind)
    if isinstance(it, Agreement):
        labels = it.labels(spec)
        return labels[0][1], labels[-1][1]
    full = with_ends(spec)
    return full.low, full.high
