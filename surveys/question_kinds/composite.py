"""A question made of several inputs: one form field, whose inputs are named code.part."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.utils.datastructures import MultiValueDict


@dataclass(frozen=True)
class Part:
    """One input of a composite question: its code, what it asks, and the field that reads it."""

    code: str
    label: str
    field: forms.Field


@dataclass(frozen=True)
class BoundPart:
    """A part as a template needs it; `wrong` where what was sent cannot be taken."""

    code: str
    label: str
    bound: forms.BoundField
    wrong: bool


class Parts(forms.Widget):
    """Reads one value per part."""

    def __init__(self, parts: tuple[Part, ...]) -> None:
        super().__init__()
        self.parts = parts

    def value_from_datadict(self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str) -> Any:
        return {
            part.code: part.field.widget.value_from_datadict(data, files, f"{name}.{part.code}") for part in self.parts
        }

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return False


class CompositeBound(forms.BoundField):
    """Gives the template a bound field for each part."""

    @property
    def parts(self) -> list[BoundPart]:
        field = cast("Composite", self.field)
        wrong = {error.code for error in self.errors.as_data()}
        return [
            BoundPart(
                part.code,
                part.label,
                part.field.get_bound_field(self.form, f"{self.name}.{part.code}"),
                f"part:{part.code}" in wrong,
            )
            for part in field.parts
        ]


class Composite(forms.Field):
    """Its cleaned value is one text (or list) per part code."""

    def __init__(self, parts: tuple[Part, ...], **options: Any) -> None:
        super().__init__(widget=Parts(parts), **options)
        self.parts = parts
        self.scale: tuple[int | None, int | None, str, str] | None = None  # of a battery: ends, and their words

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        return CompositeBound(form, self, field_name)

    def clean(self, value: Any) -> Any:
        """Every part by its own field; a mistake names its part."""
        found, errors = {}, []
        for part in self.parts:
            try:
                found[part.code] = part.field.clean((value or {}).get(part.code))
            except forms.ValidationError as trouble:
                errors += [
                    forms.ValidationError(f"{part.label}: {message}", code=f"part:{part.code}")
                    for message in trouble.messages
                ]
        if errors:
            raise forms.ValidationError(errors)
        return found
