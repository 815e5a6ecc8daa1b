"""A question as a form, in one language: the fields of its kind, and the question back as a document has it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations, pairwise
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from surveys.designer.choice_lines import choice_lines, read_choice_lines
from surveys.drafting.texts import in_language, own_words, put_words
from surveys.enums import Measures, Metric
from surveys.programme.nodes import MAX_TEXT
from surveys.programme.questions import SCALES
from surveys.queries.designer import StagePlace

EVERY: Final = ("text", "help", "measures", "required", "metric", "code", "new_page")
SCALED: Final = ("headline", "low", "high", "same_meaning", "replaces")
OF_KIND: Final[dict[str, tuple[str, ...]]] = {
    "nps": SCALED,
    "csat": (*SCALED, "lowest", "highest", "style"),
    "ces": SCALED,
    "scale": (*SCALED, "lowest", "highest", "reversed"),
    "agreement": (*SCALED, "lowest", "highest", "reversed", "choices"),
    "repeated_myself": ("low", "high", "lowest", "highest", "same_meaning"),
    "service_quality": ("low", "high", "lowest", "highest", "rows", "random_order", "same_meaning"),
    "between_steps": ("rows", "random_order", "same_meaning"),
    "matrix": ("low", "high", "lowest", "highest", "reversed", "rows", "choices", "random_order", "same_meaning"),
    "single": ("choices", "random_order", "same_meaning"),
    "multi": ("choices", "least", "most", "random_order", "same_meaning"),
    "ranking": ("choices", "least", "most", "random_order", "same_meaning"),
    "yes_no": ("headline", "choices", "reversed", "same_meaning"),
    "feelings": ("choices", "random_order"),
    "hidden": ("choices",),
    "number": ("least", "most", "step"),
    "date": ("first_day", "last_day"),
    "text": ("multiline", "max_length"),
    "contact": ("fields",),
    "consent": ("grants",),
}
NOT_OF: Final[dict[str, tuple[str, ...]]] = {
    "statement": ("required", "metric"),
    "hidden": ("required", "help", "new_page"),
}
BOUNDS: Final = {"least": "min", "most": "max", "first_day": "min", "last_day": "max"}
PLAIN: Final = ("code", "metric", "required", "headline", "reversed", "multiline", "choices")
EXTRA: Final[tuple[str, ...]] = (
    "rows",
    "style",
    "step",
    "max_length",
    "fields",
    "grants",
    "random_order",
    "new_page",
    "same_meaning",
    "replaces",
)
TEXTS: Final = ("text", "help", "low", "high")
WRITTEN: Final = (*TEXTS, "choices", "rows")  # fields with words in the language shown


class QuestionForm(forms.Form):
    """One question, its words in one language. `document()` gives the question as a document has it."""

    text = forms.CharField(label=_l("Question"), widget=forms.Textarea(attrs={"rows": 2}), max_length=MAX_TEXT)
    help = forms.CharField(label=_l("Help below it"), required=False, max_length=MAX_TEXT)
    measures = forms.ChoiceField(label=_l("Measures"))
    lowest = forms.IntegerField(label=_l("Lowest"), required=False, min_value=-1000, max_value=1000)
    highest = forms.IntegerField(label=_l("Highest"), required=False, min_value=-1000, max_value=1000)
    low = forms.CharField(label=_l("Words at the low end"), required=False, max_length=MAX_TEXT)
    high = forms.CharField(label=_l("Words at the high end"), required=False, max_length=MAX_TEXT)
    choices = forms.CharField(
        label=_l("Choices"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_l(
            "One a line. A code before “|” keeps its answers together when the words change. “| exclusive” at the end: "
            "chosen alone; “| other”: asks for words; “| last”: stays at the end of a random order."
        ),
    )
    rows = forms.CharField(
        label=_l("Rows"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_l(
            "One a line, as with choices; “| ease” at the end: what it counts as; “| about journey”, “| about a->b” or "
            "a stage's code: what it measures. Empty: the usual rows of this kind."
        ),
    )
    style = forms.ChoiceField(
        label=_l("Shown as"),
        required=False,
        choices=[("", _l("numbers")), ("stars", _l("stars")), ("smileys", _l("faces with words"))],
    )
    least = forms.FloatField(label=_l("At least"), required=False)
    most = forms.FloatField(label=_l("At most"), required=False)
    step = forms.FloatField(label=_l("In steps of"), required=False, min_value=0)
    first_day = forms.DateField(label=_l("Not before"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last_day = forms.DateField(label=_l("Not after"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    max_length = forms.IntegerField(label=_l("Characters at most"), required=False, min_value=1, max_value=10000)
    fields_ = forms.MultipleChoiceField(
        label=_l("Asks for"),
        required=False,
        choices=[("name", _l("name")), ("email", _l("e-mail address")), ("phone", _l("telephone number"))],
        widget=forms.CheckboxSelectMultiple,
    )
    grants = forms.MultipleChoiceField(
        label=_l("A yes lets us ask by"),
        required=False,
        choices=[("email", _l("e-mail")), ("sms", _l("SMS"))],
        widget=forms.CheckboxSelectMultiple,
    )
    random_order = forms.BooleanField(label=_l("In random order"), required=False)
    new_page = forms.BooleanField(label=_l("Begins a new page"), required=False)
    same_meaning = forms.BooleanField(
        label=_l("Means the same as before"),
        required=False,
        help_text=_l("Only the words changed: answers are counted together with those to the version before."),
    )
    replaces = forms.ChoiceField(
        label=_l("Takes the place of"),
        required=False,
        help_text=_l("An earlier question on another scale: never counted together, told as a change of scale."),
    )
    required = forms.BooleanField(label=_l("Must be answered"), required=False)
    headline = forms.BooleanField(label=_l("Headline: the score of this survey"), required=False)
    reversed = forms.BooleanField(label=_l("Low is good"), required=False)
    multiline = forms.BooleanField(label=_l("Several lines"), required=False)
    metric = forms.ChoiceField(label=_l("Counts as"), choices=Metric.choices)
    code = forms.SlugField(
        label=_l("Code"), max_length=60, help_text=_l("Names the question in exports and conditions.")
    )

    def __init__(
        self,
        question: Mapping[str, Any],
        language: str,
        stages: Sequence[StagePlace],
        data: Any = None,
        earlier: Sequence[str] = (),
    ) -> None:
        """`earlier`: codes of the questions before it that are on a scale."""
        self.question, self.language = dict(question), language
        self.stages = [stage.code for stage in stages]
        self.last: list[str] = []
        super().__init__(data, initial=_initial(question, language), prefix="question", label_suffix="")
        self._offer("measures", list(measure_choices(stages, _target_word(question))))
        self._offer("replaces", [("", _("none")), *((code, code) for code in _with_own(earlier, question))])
        for name in WRITTEN:
            self.fields[name].widget.attrs |= {"lang": language, "dir": "auto"}
        wanted = set(fields_of(str(question.get("kind", ""))))
        for name in [each for each in self.fields if each.removesuffix("_") not in wanted]:
            del self.fields[name]

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = choices

    def clean_choices(self) -> list[dict[str, Any]]:
        """The lines as choices; texts of other languages stay with their codes."""
        return self._read("choices", None)

    def clean_rows(self) -> list[dict[str, Any]]:
        return self._read("rows", self.stages)

    def _read(self, name: str, stages: Sequence[str] | None) -> list[dict[str, Any]]:
        before = list(self.question.get(name) or ())
        items, last = read_choice_lines(self.cleaned_data[name], before, self.language, stages)
        self.last += last
        return items

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned |= {"fields": cleaned.pop("fields_")} if "fields_" in cleaned else {}
        low, high = cleaned.get("lowest"), cleaned.get("highest")
        if low is not None and high is not None and low >= high:
            self.add_error("highest", _("The highest value must be above the lowest."))
        if (low is None) != (high is None) and not {"lowest", "highest"} & set(self.errors):
            self.add_error("highest" if high is None else "lowest", _("Give both ends of the scale, or none."))
        return cleaned

    def document(self) -> dict[str, Any]:
        """The question with what the form says; keys that the form does not show stay as they are."""
        told = self.cleaned_data
        made = {**self.question}
        for name in TEXTS:
            if name in told:
                made[name] = put_words(self.question.get(name), self.language, told[name])
        made |= {name: told[name] for name in PLAIN if name in told}
        extra: dict[str, Any] = {name: told[name] for name in EXTRA if name in told}
        extra |= {key: _bound(told[name]) for name, key in BOUNDS.items() if name in told}
        if {"choices", "rows"} & set(told):
            extra["keep_last"] = self.last
        for name, value in extra.items():
            made.pop(name, None)
            made |= {name: value} if value or (value == 0 and value is not False) else {}
        if "measures" in told:
            made |= _target(told["measures"])
        if "lowest" in told:
            ends = [told["lowest"], told["highest"]]
            made["scale"] = ends if None not in ends else SCALES.get(str(self.question.get("kind")))
        return made


def fields_of(kind: str) -> Iterator[str]:
    """The fields that a kind of question has."""
    yield from (name for name in EVERY if name not in NOT_OF.get(kind, ()))
    yield from OF_KIND.get(kind, ())


def _bound(value: Any) -> Any:
    """A number whole where it is, a day as it is written."""
    if isinstance(value, float):
        return int(value) if value == int(value) else value
    return value.isoformat() if isinstance(value, date) else value


def _initial(question: Mapping[str, Any], language: str) -> dict[str, Any]:
    low, high = question.get("scale") or (None, None)
    texts = {name: own_words(question.get(name), language) for name in TEXTS}
    target = _target_word(question)
    last = question.get("keep_last") or ()
    lines = {key: choice_lines(question.get(key) or (), language, last) for key in ("choices", "rows")}
    bounds = {name: question.get(key) for name, key in BOUNDS.items()}
    scale = {"lowest": low, "highest": high, "measures": target, "fields_": question.get("fields")}
    return {**question, **texts, **scale, **lines, **bounds}


def measure_choices(stages: Sequence[StagePlace], now: str) -> Iterator[tuple[str, str]]:
    """What a question can measure: stages, passages between them (those over a stage left out last), the whole."""
    entered = [stage for stage in stages if not stage.is_wait]
    for stage in entered:
        yield f"stage:{stage.code}", _("the stage “%(stage)s”") % {"stage": stage.name}
    passages = [*pairwise(entered), *(pair for pair in combinations(entered, 2) if pair not in set(pairwise(entered)))]
    for first, second in passages:
        names = {"first": first.name, "second": second.name}
        yield f"transition:{first.code}>{second.code}", _("the passage from “%(first)s” to “%(second)s”") % names
    if stages:
        yield "journey", _("the whole journey")
    if not stages or now == Measures.RELATIONSHIP:
        yield "relationship", _("the relationship with us")
    places = {f"stage:{stage.code}" for stage in entered} | {f"transition:{a.code}>{b.code}" for a, b in passages}
    if now and now not in places | {"journey", "relationship"}:
        yield now, _("%(place)s, which the journey does not have") % {"place": now.partition(":")[2]}


def _with_own(earlier: Sequence[str], question: Mapping[str, Any]) -> list[str]:
    """The codes to choose from, with what the question names now, be it wrong."""
    own = question.get("replaces")
    return [*earlier, *([own] if own and own not in earlier else [])]


def _target_word(question: Mapping[str, Any]) -> str:
    kind, stage, to = (str(question.get(key) or "") for key in ("measures", "stage_code", "to_stage_code"))
    if kind == Measures.TRANSITION:
        return f"transition:{stage}>{to}"
    return f"stage:{stage}" if kind == Measures.STAGE else kind


def _target(word: str) -> dict[str, str]:
    kind, _colon, place = word.partition(":")
    stage, _arrow, to = place.partition(">")
    return {"measures": kind, "stage_code": stage, "to_stage_code": to}


def fallback_words(question: Mapping[str, Any], language: str) -> str:
    """What customers of this language read where the text is missing; "" where it is there."""
    return "" if own_words(question.get("text"), language) else in_language(question.get("text"), language)
