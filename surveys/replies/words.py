"""What people write instead of a figure: number words, yes and no, praise and blame, by language."""

import re
import unicodedata
from typing import Final

_NUMBERS: Final = {
    "en": "zero one two three four five six seven eight nine ten",
    "de": "null eins zwei drei vier fünf sechs sieben acht neun zehn",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf dix",
    "ar": "صفر واحد اثنان ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة عشرة",
}
_MORE_NUMBERS: Final = {"nil": 0, "naught": 0, "ein": 1, "zwo": 2, "une": 1, "اثنين": 2, "عشر": 10}
_YES: Final = {
    "en": ("yes", "y", "yep", "yeah", "yup", "sure", "correct", "true"),
    "de": ("ja", "j", "jawohl", "jo", "jap", "stimmt"),
    "fr": ("oui", "o", "ouais", "si", "exact"),
    "ar": ("نعم", "ايوه", "أجل", "اي"),
}
_NO: Final = {
    "en": ("no", "n", "nope", "nah", "not yet", "false"),
    "de": ("nein", "ne", "nee", "nö", "noch nicht", "leider nein", "leider nicht"),
    "fr": ("non", "pas encore", "nan"),
    "ar": ("لا", "كلا", "ليس بعد"),
}
# Shares of the way from the worst to the best answer.
_FEELINGS: Final = {
    "en": {
        1.0: ("very good", "excellent", "great", "perfect", "amazing", "very satisfied", "very happy", "brilliant"),
        0.75: ("good", "satisfied", "happy", "fine", "quite good", "pretty good"),
        0.5: ("ok", "okay", "average", "so so", "neutral", "alright", "neither"),
        0.25: ("bad", "poor", "not good", "not great", "dissatisfied", "unhappy", "not happy"),
        0.0: ("very bad", "terrible", "awful", "horrible", "very poor", "very dissatisfied", "very unhappy", "worst"),
    },
    "de": {
        1.0: ("sehr gut", "super", "ausgezeichnet", "perfekt", "hervorragend", "sehr zufrieden", "prima"),
        0.75: ("gut", "zufrieden"),
        0.5: ("ok", "okay", "geht so", "mittel", "durchschnittlich", "in ordnung", "teils teils"),
        0.25: ("schlecht", "nicht gut", "unzufrieden", "mangelhaft"),
        0.0: ("sehr schlecht", "furchtbar", "katastrophal", "sehr unzufrieden", "miserabel", "ungenügend"),
    },
    "fr": {
        1.0: ("très bien", "très bon", "excellent", "parfait", "super", "très satisfait", "très satisfaite"),
        0.75: ("bien", "bon", "satisfait", "satisfaite"),
        0.5: ("ok", "moyen", "correct", "ça va", "comme ci comme ça", "passable"),
        0.25: ("mauvais", "pas bien", "pas bon", "mécontent", "insatisfait", "insatisfaite", "pas terrible"),
        0.0: ("très mauvais", "nul", "horrible", "catastrophique", "très insatisfait", "très insatisfaite"),
    },
    "ar": {
        1.0: ("ممتاز", "جيد جدا", "رائع", "راض جدا"),
        0.75: ("جيد", "راض", "حسن"),
        0.5: ("مقبول", "عادي", "متوسط"),
        0.25: ("سيئ", "سيء", "غير راض", "ليس جيدا"),
        0.0: ("سيئ جدا", "سيء جدا", "فظيع", "غير راض جدا"),
    },
}
_SKIP: Final = (
    *("skip", "next", "pass", "skip it", "next question"),
    *("weiter", "überspringen", "auslassen", "nächste", "nächste frage"),
    *("passer", "passe", "suivant", "question suivante", "sauter"),
    *("تخطي", "تخطى", "التالي", "السؤال التالي"),
)
POLITE_WORDS: Final = (
    "please pls thanks thank you thx would say i give it a the my answer is about bitte danke ich sage würde sagen "
    "gebe merci svp je dirais donne note شكرا من فضلك"
)
POLITE: Final = frozenset(POLITE_WORDS.split())


def plain(text: str) -> str:
    """Lower case, figures as 0-9, no accents on Arabic, punctuation and emoji as blanks, single blanks."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    figures = "".join(str(unicodedata.digit(char, char)) for char in folded)
    bare = unicodedata.normalize("NFC", re.sub(r"[\u064b-\u0652\u0640\ufe0f\u20e3]", "", figures))
    return " ".join(re.sub(r"[^\w.,/+-]+", " ", bare).replace("_", " ").split()).strip(" .,/").rstrip(" -")


def number_word(word: str) -> int | None:
    """0 to 10 from its word in any of the languages."""
    return NUMBER_WORDS.get(word)


def answer_word(text: str) -> bool | None:
    """True for yes, False for no, in any of the languages; None for neither."""
    return True if text in YES else False if text in NO else None


def praise(text: str) -> float | None:
    """How good the words are, 0 to 1; None where they are no words of praise or blame."""
    return PRAISE.get(text)


NUMBER_WORDS: Final = _MORE_NUMBERS | {
    plain(word): value for words in _NUMBERS.values() for value, word in enumerate(words.split())
}
YES: Final = frozenset(plain(word) for words in _YES.values() for word in words)
SKIP: Final = frozenset(plain(word) for word in _SKIP)
NO: Final = frozenset(plain(word) for words in _NO.values() for word in words)
PRAISE: Final = {
    plain(word): share for shares in _FEELINGS.values() for share, words in shares.items() for word in words
}
