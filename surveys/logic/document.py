"""Reading the document of a survey version as logic needs it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

Document = Mapping[str, Any]
Question = Mapping[str, Any]

BATTERIES: Final[dict[str, tuple[str, ...]]] = {
    "service_quality": ("speed", "knowledge", "patience", "accommodation"),
    "between_steps": ("receipt_confirmed", "knew_what_next", "knew_when"),
    "matrix": (),
}
ASK_NOTHING: Final = frozenset({"statement", "hidden"})
LAYOUTS: Final = ("auto", "one_page", "question_per_page", "pages")
FEW: Final = 3  # with the layout auto, as many questions stand on one page


def questions(document: Document) -> Sequence[Question]:
    found: Sequence[Question] = document.get("questions") or ()
    return found


def code_of(question: Question) -> str:
    return str(question.get("code", ""))


def asks(question: Question) -> bool:
    """Whether the customer has something to answer here."""
    return question.get("kind") not in ASK_NOTHING


def items_of(question: Question) -> tuple[str, ...]:
    """Codes of the rows of a battery, none for any other kind."""
    kind = str(question.get("kind", ""))
    if kind not in BATTERIES:
        return ()
    return tuple(str(row["code"]) for row in question.get("rows") or ()) or BATTERIES[kind]


def keys_of(question: Question) -> tuple[str, ...]:
    """Under which codes its answers are kept: its own, or battery.item for each item."""
    code = code_of(question)
    if question.get("kind") in BATTERIES:
        return tuple(f"{code}.{item}" for item in items_of(question))
    return () if question.get("kind") == "statement" else (code,)


def owners(document: Document) -> dict[str, int]:
    """The place of the question to which each code of an answer belongs; a battery's own code counts too."""
    found: dict[str, int] = {}
    for place, question in enumerate(questions(document)):
        for key in (*keys_of(question), code_of(question)):
            found.setdefault(key, place)
    return found


def layout_of(document: Document) -> str:
    """The layout, with auto decided: one page up to three questions, else a question a page."""
    layout = str(document.get("layout") or "auto")
    if layout != "auto":
        return layout
    asked = sum(1 for question in questions(document) if asks(question))
    return "one_page" if asked <= FEW else "question_per_page"


def choice_codes(choices: Iterable[Mapping[str, Any]] | None) -> tuple[str, ...]:
    return tuple(str(choice.get("code", "")) for choice in choices or ())
