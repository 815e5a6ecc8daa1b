"""A choice that comes with words of one's own ("Something else: …"): the box beside it is named code.other."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _

from surveys.question_kinds.base import QuestionSpec, RawValue

MOST = 300


class WithWords(forms.Widget):
    """Radio buttons or check boxes with a box for words; its value is the codes, and "code=words" for the words."""

    def __init__(self, choices: forms.ChoiceField, other: str) -> None:
        super().__init__()
        self.inner, self.other = choices.widget, other
        self.input_type = "checkbox" if isinstance(choices, forms.MultipleChoiceField) else "radio"

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[str]:
        chosen = self.inner.value_from_datadict(data, files, name) or []
        codes = [chosen] if isinstance(chosen, str) else list(chosen)
        words = str(data.get(f"{name}.other", "") or "").strip()
        return [*codes, *([f"{self.other}={words}"] if words else [])]


class WordsBound(forms.BoundField):
    """Gives the template the options as any list of choices does, and the words."""

    @property
    def _parts(self) -> tuple[list[str], str]:
        return apart(self.value(), cast("OwnWords", self.field).other)

    @property
    def options(self) -> list[tuple[str, str, bool]]:
        """Code, label and whether it is chosen."""
        codes, _words = self._parts
        return [(str(code), str(label), str(code) in codes) for code, label in cast("OwnWords", self.field).choices]

    @property
    def words(self) -> str:
        return self._parts[1]


class OwnWords(forms.Field):
    """Any field of choices, one of which may come with words. Words alone mean that choice."""

    def __init__(self, choices: forms.ChoiceField, other: str) -> None:
        super().__init__(
            widget=WithWords(choices, other),
            required=choices.required,
            label=choices.label,
            help_text=choices.help_text,
        )
        self.inner, self.other = choices, other
        self.choices: list[tuple[str, str]] = list(cast("Iterable[tuple[str, str]]", choices.choices))

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        return WordsBound(form, self, field_name)

    def clean(self, value: Any) -> list[str]:
        codes, words = apart(value, self.other)
        many = isinstance(self.inner, forms.MultipleChoiceField)
        if words and self.other not in codes:
            if codes and not many:
                message = _("You wrote an answer of your own but chose another one: keep one of the two")
                raise forms.ValidationError(message, code="two_answers")
            codes.append(self.other)
        if len(words) > MOST:
            raise forms.ValidationError(_("Use at most 300 characters"), code="max_length")
        if not many and len(codes) > 1:
            raise forms.ValidationError(_("Give one answer only."), code="two_answers")
        self.inner.clean(codes if many else "".join(codes))
        return [*codes, *([f"{self.other}={words}"] if words else [])]


def apart(value: Any, other: str) -> tuple[list[str], str]:
    """Codes, and the words of the last "other=words"."""
    values = [value] if isinstance(value, str) else list(value or [])
    start = f"{other}="
    words = [each.removeprefix(start).strip() for each in values if each.startswith(start)]
    return [each for each in values if each and not each.startswith(start)], words[-1] if words else ""


def take_words(raw: str | list[str], spec: QuestionSpec) -> tuple[str | list[str], str]:
    """A raw value without its own words, and these; in a cell they come last, after "other="."""
    if not spec.other:
        return raw, ""
    start = f"{spec.other}="
    if not isinstance(raw, str):
        codes, words = apart([each.strip() for each in raw], spec.other)
    else:
        before, found, after = f";{raw.strip()}".partition(f";{start}")
        codes = [part.strip() for part in before.split(";") if part.strip()]
        words = after.strip() if found else ""
    words = "".join(char for char in words if char.isprintable()).strip()
    if len(words) > MOST:
        raise ValueError(_("Use at most 300 characters"))
    if words and spec.other not in codes:
        codes.append(spec.other)
    return codes, words


def with_words(value: RawValue, spec: QuestionSpec) -> str:
    """A cell of codes, the words of one's own last."""
    if not spec.other or not value.text:
        return ";".join(value.choices)
    codes = [code for code in value.choices if code != spec.other]
    return ";".join([*codes, f"{spec.other}={value.text}"])
