"""What batteries share: one question with several rows, each an ordinary question that is stored by itself."""

from dataclasses import replace
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _

from surveys.question_kinds.base import (
    Choice,
    QuestionKind,
    QuestionSpec,
    Raw,
    RawValue,
    choice_problems,
    common_problems,
)
from surveys.question_kinds.composite import Composite, Part

MOST_ROWS = 20
MOST_CODE = 60


class Battery:
    """Rows under one heading. The answers are kept as code.row, each with its own metric and scale."""

    name: ClassVar[str] = ""
    template_name: ClassVar[str] = "surveys/questions/battery.html"
    has_scale: ClassVar[bool] = True
    has_choices: ClassVar[bool] = False

    def items(self, spec: QuestionSpec) -> tuple[Choice, ...]:
        """Code and words of each row: as given, else the kind's own in the language in force."""
        own = dict(self.own_items())
        return tuple((code, label or own.get(code, code)) for code, label in spec.rows) or tuple(own.items())

    def own_items(self) -> tuple[Choice, ...]:
        return ()

    def row_kind(self, spec: QuestionSpec) -> QuestionKind:
        """The kind of question that each row is."""
        raise NotImplementedError

    def rows(self, spec: QuestionSpec) -> tuple[QuestionSpec, ...]:
        """Each row as a question of its own."""
        base = replace(self.row_base(spec), kind=self.row_kind(spec).name, rows=(), help="")
        return tuple(replace(base, code=f"{spec.code}.{code}", text=label) for code, label in self.items(spec))

    def row_base(self, spec: QuestionSpec) -> QuestionSpec:
        return spec

    def validate_spec(self, spec: QuestionSpec) -> list[str]:
        problems = common_problems(spec, scale=self.has_scale, choices=self.has_choices, rows=True)
        own = [code for code, _label in self.own_items()]
        unknown = [code for code, _label in spec.rows if own and code not in own]
        if unknown:
            known = {"unknown": ", ".join(unknown), "known": ", ".join(own)}
            problems.append(_("Unknown rows: %(unknown)s. Use %(known)s.") % known)
        problems += self._row_problems(spec)
        return problems or [text for row in self.rows(spec)[:1] for text in self.row_kind(spec).validate_spec(row)]

    def _row_problems(self, spec: QuestionSpec) -> list[str]:
        items = self.items(spec)
        problems = choice_problems(replace(spec, choices=items), least=1) if items else [_("Give at least one row.")]
        if len(items) > MOST_ROWS:
            problems.append(_("Give at most %(most)s rows: nobody answers more in one go.") % {"most": MOST_ROWS})
        if any(len(f"{spec.code}.{code}") > MOST_CODE for code, _label in items):
            problems.append(_("The codes of the question and of a row are too long together: use shorter ones."))
        return problems

    def form_field(self, spec: QuestionSpec) -> forms.Field:
        """The value of each row under its code; rows may be left blank unless the question is required."""
        parts = [
            Part(code, label, self.row_kind(spec).form_field(row))
            for (code, label), row in zip(self.items(spec), self.rows(spec), strict=True)
        ]
        field = Composite(tuple(parts), required=spec.required, label=spec.text, help_text=spec.help)
        base = self.row_base(spec)
        if self.row_kind(spec).name == "scale":
            field.scale = (base.scale_min, base.scale_max, base.low, base.high)
        return field

    def read(self, cleaned: Any, spec: QuestionSpec) -> dict[str, RawValue]:
        """Answers by code.row from what the form field gave; ValueError as parse() raises it."""
        given = cleaned if isinstance(cleaned, dict) else {}
        return {
            row.code: self.row_kind(spec).parse(given.get(row.code.removeprefix(f"{spec.code}.")) or "", row)
            for row in self.rows(spec)
        }

    def parse(self, raw: Raw, spec: QuestionSpec) -> RawValue:
        """A cell cannot answer several rows at once: imports name the row."""
        if not [part for part in ([raw] if isinstance(raw, str) else raw) if part.strip()]:
            return RawValue()
        names = {"code": spec.code, "row": self.items(spec)[0][0]}
        raise ValueError(_('"%(code)s" has several rows: name one, as in %(code)s.%(row)s.') % names)

    def score(self, value: RawValue, spec: QuestionSpec) -> float | None:
        return None

    def export(self, value: RawValue, spec: QuestionSpec) -> str:
        return ""
