"""How to reach the customer: name, e-mail, phone. Personal, so it is kept encrypted and never counted or scored."""

from typing import Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from surveys.question_kinds.base import QuestionSpec, Raw, RawValue, common_problems
from surveys.question_kinds.composite import Composite, Part

PARTS: Final = ("name", "email", "phone")
MOST: Final = 200
AUTOCOMPLETE: Final = {"name": "name", "email": "email", "phone": "tel"}
INPUT: Final = {"name": "text", "email": "email", "phone": "tel"}


class Contact:
    """One line per part ("email: ann@example.org"); a part that was left blank has no line."""

    name: ClassVar[str] = "contact"
    template_name: ClassVar[str] = "surveys/questions/contact.html"

    def parts(self, spec: QuestionSpec) -> tuple[str, ...]:
        return spec.parts or PARTS

    def labels(self) -> dict[str, str]:
        return {"name": _("Name"), "email": _("E-mail address"), "phone": _("Phone number")}

    def validate_spec(self, spec: QuestionSpec) -> list[str]:
        problems = common_problems(spec)
        unknown = [part for part in spec.parts if part not in PARTS]
        if unknown or len(set(spec.parts)) < len(spec.parts):
            problems.append(_("fields of a contact question are name, email and phone, each once."))
        return problems

    def form_field(self, spec: QuestionSpec) -> forms.Field:
        labels = self.labels()
        parts = [Part(part, labels[part], _field(part, spec.required)) for part in self.parts(spec)]
        return Composite(tuple(parts), required=spec.required, label=spec.text, help_text=spec.help)

    def read(self, cleaned: Any, spec: QuestionSpec) -> dict[str, RawValue]:
        given = cleaned if isinstance(cleaned, dict) else {}
        lines = [f"{part}: {given[part]}" for part in self.parts(spec) if given.get(part)]
        return {spec.code: RawValue(text="\n".join(lines))}

    def parse(self, raw: Raw, spec: QuestionSpec) -> RawValue:
        lines = raw.splitlines() if isinstance(raw, str) else raw
        given: dict[str, str] = {}
        for line in lines:
            if line.strip():
                part, colon, words = (each.strip() for each in line.partition(":"))
                if not colon or part not in self.parts(spec) or part in given:
                    raise ValueError(_("Write a line for each: name: …, email: …, phone: …"))
                given[part] = _clean(part, words)
        return self.read(given, spec)[spec.code]

    def score(self, value: RawValue, spec: QuestionSpec) -> float | None:
        return None

    def export(self, value: RawValue, spec: QuestionSpec) -> str:
        return value.text


def parts_of(value: RawValue) -> dict[str, str]:
    """What was given, part by part."""
    lines = (line.partition(": ") for line in value.text.splitlines())
    return {part: words for part, _colon, words in lines}


class PartField(forms.CharField):
    """One line about the customer."""

    def __init__(self, part: str, **options: Any) -> None:
        super().__init__(max_length=MOST, **options)
        self.part, self.input_type, self.autocomplete = part, INPUT[part], AUTOCOMPLETE[part]

    def clean(self, value: object) -> str:
        text: str = super().clean(value)
        try:
            return _clean(self.part, text)
        except ValueError as trouble:
            raise forms.ValidationError(str(trouble), code="invalid") from None


def _field(part: str, required: bool) -> forms.Field:
    errors = {"required": _examples()[part], "max_length": _("Use at most 200 characters")}
    return PartField(part, required=required, error_messages=errors)


def _examples() -> dict[str, str]:
    return {
        "name": _("Write your name"),
        "email": _("Write one address, such as name@example.com"),
        "phone": _("Write one number with its country code, such as +49 170 1234567"),
    }


def _clean(part: str, text: str) -> str:
    """One line without control characters; ValueError where it cannot be an address or a number."""
    words = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    if len(words) > MOST:
        raise ValueError(_("Use at most 200 characters"))
    if not words:
        return ""
    if part == "email":
        try:
            validate_email(words)
        except ValidationError:
            raise ValueError(_examples()["email"]) from None
    if part == "phone" and not _is_phone(words):
        raise ValueError(_examples()["phone"])
    return words


def _is_phone(words: str) -> bool:
    digits = [char for char in words if char.isdecimal()]
    return 6 <= len(digits) <= 15 and all(char in "0123456789 +-/()." for char in words)
