"""What is typed into one box and read as something else: the field of numbers and of days."""

from collections.abc import Callable

from django import forms

from surveys.question_kinds.base import QuestionSpec


class TypedField(forms.CharField):
    """A text box. `read` raises ValueError with a sentence for what cannot be taken; `wanted` says what can."""

    def __init__(self, spec: QuestionSpec, read: Callable[[str, QuestionSpec], object], wanted: str) -> None:
        super().__init__(max_length=40, required=spec.required, label=spec.text, help_text=spec.help)
        self.spec, self.read = spec, read
        self.error_messages |= {"required": wanted, "max_length": wanted}

    def clean(self, value: object) -> str:
        text: str = super().clean(value)
        try:
            self.read(text, self.spec)
        except ValueError as trouble:
            raise forms.ValidationError(str(trouble), code="invalid") from None
        return text
