"""What the kinds answered by codes share: finding the code that a form or a cell means."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from surveys.question_kinds.base import Choice, Raw


def split_codes(raw: Raw) -> list[str]:
    """The codes of a list, or of one cell that separates them by semicolons; blanks are dropped."""
    parts = raw.split(";") if isinstance(raw, str) else raw
    return [part.strip() for part in parts if part.strip()]


def find_code(text: str, choices: Sequence[Choice]) -> str:
    """The code that was meant: the code itself, or its label without regard to case. ValueError lists the codes."""
    for code, _label in choices:
        if text == code:
            return code
    matches = [code for code, label in choices if text.casefold() in (code.casefold(), label.strip().casefold())]
    if len(matches) != 1:
        codes = ", ".join(code for code, _label in choices)
        raise ValueError(_('"%(text)s" is not one of the choices: %(codes)s.') % {"text": text[:60], "codes": codes})
    return matches[0]


def find_codes(raw: Raw, choices: Sequence[Choice]) -> tuple[str, ...]:
    """Every chosen code once, in the order of the question."""
    chosen = {find_code(part, choices) for part in split_codes(raw)}
    return tuple(code for code, _label in choices if code in chosen)
