"""Double-barrelled questions: one rating for two things, so that nobody can say which of them was meant."""

import re
from typing import Final

_JOIN: Final = {
    "en": r"(?:and|or|as well as|&)",
    "de": r"(?:und|oder|sowie|&)",
    "fr": r"(?:et|ou|ainsi que|&)",
    "ar": r"(?:أو|وكذلك)",
}
# Pairs that are one thing, or two examples of one thing.
_ONE_THING: Final = {
    "en": (
        "friend or colleague", "friends or colleagues", "friends and family", "family and friends",
        "colleagues and friends", "terms and conditions", "yes or no", "more or less", "pros and cons",
        "back and forth", "bed and breakfast", "research and development", "health and safety", "questions and answers",
        "now and then", "wear and tear", "drag and drop", "one or two", "two or three", "end to end",
    ),
    "de": (
        "freund oder kollegen", "freunden oder kollegen", "freunden und kollegen", "freunden und familie",
        "familie und freunden", "familie oder freunden", "mehr oder weniger", "ja oder nein", "hin und her",
        "ein oder zwei", "bed and breakfast", "freund oder bekannten", "freunden oder bekannten",
    ),
    "fr": (
        "ami ou collègue", "ami ou à un collègue", "amis ou collègues", "amis et collègues", "famille et amis",
        "amis et famille", "plus ou moins", "oui ou non", "un ou deux", "une ou deux", "un ami ou un collègue",
    ),
    "ar": ("صديق أو زميل", "نعم أو لا", "أصدقائك أو زملائك"),
}  # fmt: skip
_ARTICLE: Final = r"(?:the |our |how |der |die |das |(?:de |du |des )?(?:le |la |les |l['’])?)?"
_ENDS_CLAUSE: Final = re.compile(r"[.;:!?؟]")


def two_things(text: str, language: str) -> str | None:
    """The two words joined in a question that takes one rating, as "speed and friendliness"; None where there is one.

    Only the clause that asks is read: what comes before a colon or another sentence sets the scene.
    """
    code = language.split("-", maxsplit=1)[0]
    join = _JOIN.get(code)
    if join is None:
        return None
    asked = _asking_part(text)
    for pair in _ONE_THING[code]:
        asked = re.sub(re.escape(pair), " ", asked, flags=re.IGNORECASE)
    found = re.search(
        rf"(?<!\w)([^\W\d]+) {join} {_ARTICLE}([^\W\d]+)",
        asked,
        re.I,
    )
    return found.group(0) if found else None


def _asking_part(text: str) -> str:
    """The last clause with a question mark, else the last clause."""
    clauses = [part for part in re.split(rf"(?<={_ENDS_CLAUSE.pattern})\s+", text.strip()) if part]
    asking = [part for part in clauses if part.rstrip().endswith(("?", "؟"))]
    return (asking or clauses or [""])[-1]
