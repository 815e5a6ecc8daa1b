"""Questions that push towards an answer: phrases by language that a neutral question does not need.

Rules, not a model: each is a phrase that textbooks on questionnaires name (praise in the question, appeals to the
majority, negated tags, taking agreement for granted). A hit is advice; nothing is refused because of it.
"""

import re
from typing import Final

_PRAISE: Final = {
    "en": r"(?:great|excellent|amazing|awesome|outstanding|fantastic|wonderful|award-winning|friendly|helpful|superb)",
    "de": r"(?:großartig|hervorragend|ausgezeichnet|toll|freundlich|hilfsbereit|erstklassig|preisgekrönt)\w{0,2}",
    "fr": r"(?:excellente?s?|formidables?|superbes?|aimables?|géni(?:al|ale|aux)|exceptionnel(?:le)?s?)",
    "ar": r"(?:رائع|ممتاز|متميز|الرائع|الممتاز|المتميز)\w{0,2}",
}
_PHRASES: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        r"\b(?:do|did|would|was|is|are|were|have|has|should)n['’]t (?:you|it|they|we)\b",
        r"\b(?:don|didn|wouldn|isn|aren)['’]?t you (?:agree|think|find)\b",
        r"\bhow much (?:did|do|would) you (?:love|enjoy|like|appreciate)\b",
        r"\b(?:do|would) you agree that\b",
        r"\b(?:surely|obviously|of course|clearly|as you know|needless to say)\b",
        r"\bmost (?:people|customers|of our customers)\b",
        r"\bhow (?:very )?" + _PRAISE["en"] + r"\b",
        r"\bour (?:\w+ )?" + _PRAISE["en"] + r"\b",
    ),
    "de": (
        r"\b(?:finden|meinen|denken|glauben) sie (?:nicht|etwa)\b",
        r"\bstimmen sie (?:uns )?zu,? dass\b",
        r"\b(?:sicherlich|selbstverständlich|offensichtlich|natürlich|bekanntlich|zweifellos)\b",
        r"\bdie meisten (?:menschen|kunden|unserer)",
        r"\bwie sehr (?:hat|haben|lieben|genießen|mögen)\b.*\b(?:gefallen|genossen|geliebt|gefreut)\b",
        r"\bwie " + _PRAISE["de"] + r"\b",
        r"\bunser\w{0,2} (?:\w+ )?" + _PRAISE["de"] + r"\b",
    ),
    "fr": (
        r"\bne (?:trouvez|pensez|croyez)-vous pas\b",
        r"\bn['’]est-ce pas\b",
        r"\b(?:êtes|seriez)-vous d['’]accord (?:pour dire )?que\b",
        r"\b(?:évidemment|bien sûr|bien entendu|sans aucun doute|naturellement)\b",
        r"\bla plupart (?:des gens|des clients|de nos clients)\b",
        r"\bà quel point avez-vous (?:aimé|adoré|apprécié)\b",
        r"\b(?:notre|nos) (?:\w+ )?" + _PRAISE["fr"] + r"(?!\w)",
    ),
    "ar": (
        r"ألا (?:تعتقد|ترى|تظن|توافق)",
        r"أليس",
        r"(?:بالتأكيد|طبعًا|طبعا|بالطبع|بلا شك)",
        r"معظم (?:الناس|العملاء|عملائنا)",
        r"(?:خدمتنا|فريقنا|موظفينا|موظفونا) " + _PRAISE["ar"],
    ),
}
_RULES: Final = {
    language: tuple(re.compile(phrase, re.IGNORECASE) for phrase in phrases) for language, phrases in _PHRASES.items()
}


def leading_words(text: str, language: str) -> str | None:
    """The first words that lead the answer, as they stand in the text; None in a neutral or unknown language."""
    for rule in _RULES.get(language.split("-", maxsplit=1)[0], ()):
        found = rule.search(text)
        if found:
            return found.group(0)
    return None
