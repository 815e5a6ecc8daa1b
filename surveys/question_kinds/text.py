"""Free text, one line or several."""

import unicodedata
from typing import ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from surveys.question_kinds.base import QuestionSpec, Raw, RawValue, common_problems, one_text

MAX_SHORT = 300
MAX_LONG = 5000


class Text:
    """Words as they were typed, without control characters (PostgreSQL refuses NUL). Scored by sentiment, not here."""

    name: ClassVar[str] = "text"
    template_name: ClassVar[str] = "surveys/questions/text.html"

    def validate_spec(self, spec: QuestionSpec) -> list[str]:
        problems = common_problems(spec)
        most = MAX_LONG if spec.long else MAX_SHORT
        if spec.max_length is not None and not 1 <= spec.max_length <= most:
            problems.append(_("max_length is from 1 to %(most)s for this text.") % {"most": most})
        return problems

    def form_field(self, spec: QuestionSpec) -> forms.Field:
        most = limit(spec)
        widget = forms.Textarea(attrs={"rows": 4}) if spec.long else forms.TextInput()
        return forms.CharField(
            max_length=most,
            widget=widget,
            required=spec.required,
            label=spec.text,
            help_text=spec.help,
            error_messages={"required": _("Write a few words"), "max_length": too_long(most)},
        )

    def parse(self, raw: Raw, spec: QuestionSpec) -> RawValue:
        text = "".join(char for char in one_text(raw).replace("\r\n", "\n") if _printable(char)).strip()
        if len(text) > limit(spec):
            raise ValueError(too_long(limit(spec)))
        return RawValue(text=text)

    def score(self, value: RawValue, spec: QuestionSpec) -> float | None:
        return None

    def export(self, value: RawValue, spec: QuestionSpec) -> str:
        return value.text


def limit(spec: QuestionSpec) -> int:
    return spec.max_length or (MAX_LONG if spec.long else MAX_SHORT)


def too_long(most: int) -> str:
    return ngettext("Use at most %(most)s character", "Use at most %(most)s characters", most) % {"most": most}


def _printable(char: str) -> bool:
    return char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs")
