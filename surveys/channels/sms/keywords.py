"""What a short reply by SMS asks for: to stop, to start again, for help; or perhaps to stop (reliability G6)."""

import re
import unicodedata
from enum import StrEnum
from typing import Final


class Keyword(StrEnum):
    """AMBIGUOUS goes to a person: nobody is opted out by a guess, and no wish to stop is lost."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    AMBIGUOUS = "ambiguous"
    NONE = "none"


def _plain(text: str) -> str:
    """Lower-case words with single blanks: no marks, punctuation, emoji, invisible or Arabic vowel signs."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(_char(char) for char in folded)
    return " ".join(kept.replace("\u0640", "").translate(_ARABIC).split())


def _char(char: str) -> str:
    category = unicodedata.category(char)
    if category[0] in "LN":
        return char
    return "" if category in ("Mn", "Me", "Cf") or char in "'\u2019" else " "


# Spellings of alef, ya and ta marbuta that people do not tell apart.
_ARABIC: Final = str.maketrans("أإآٱىة", "اااايه")

_STOP: Final = frozenset(
    _plain(word)
    for word in (
        # English, as the FCC and CTIA list them
        *("stop", "stopall", "stop all", "end", "quit", "cancel", "revoke", "optout", "opt out", "unsubscribe"),
        # German, French, Spanish, Arabic, and neighbours
        *("stopp", "stoppen", "beenden", "ende", "abmelden", "abbestellen", "kündigen", "keine sms mehr"),
        *("arrêt", "arrêter", "arrêtez", "désabonner", "désinscrire", "désinscription", "résilier", "annuler", "fin"),
        *("alto", "parar", "pare", "detener", "cancelar", "baja", "darse de baja", "no más"),
        *("توقف", "قف", "وقف", "ايقاف", "أوقف", "الغاء", "إلغاء", "إلغاء الاشتراك", "الغ"),
        *("afmelden", "fermare", "ferma", "cancella", "disiscrivi", "sair"),
    )
)
_START: Final = frozenset(
    _plain(word)
    for word in (
        *("start", "unstop", "subscribe", "resume", "opt in", "optin"),
        *("anmelden", "starten", "commencer", "reprendre", "abonner", "empezar", "iniciar", "alta", "comenzar"),
        *("ابدأ", "بدء", "اشتراك", "اشترك"),
    )
)
_HELP: Final = frozenset(
    _plain(word)
    for word in ("help", "info", "hilfe", "aide", "ayuda", "مساعدة", "مساعده", "aiuto", "ajuda", "information")
)
_POLITE: Final = frozenset(
    _plain(word)
    for word in (
        *("please", "pls", "plz", "now", "thanks", "thank", "you", "thx", "ok", "bitte", "danke", "jetzt"),
        *("merci", "svp", "s'il", "vous", "plaît", "por", "favor", "gracias", "من", "فضلك", "شكرا"),
    )
)
# Words that hardly ever mean anything but the wish to hear no more, and so deserve a person's look in a sentence.
_HINTS: Final = re.compile(
    r"\b(?:stop|stops|stopp|stopping|stopall|unsubscribe|optout|opt out|abmelden|abbestellen|keine (?:sms|nachrichten)"
    r"|arret\w*|desabonn\w*|desinscri\w*|darse de baja|deten\w*|alto|remove me|take me off|leave me alone"
    r"|no more (?:texts?|messages?|sms)|do not (?:text|contact|message)|dont (?:text|contact|message)"
    r"|توقف\w*|اوقف\w*|ايقاف|الغاء الاشتراك)\b"
)
_HARMLESS: Final = re.compile(
    r"\bnon ?stop\b|\b(?:do not|dont|never) stop\b|\b(?:bus|tram|next|first|last|one|pit) stops?\b"
)


def keyword(text: str) -> Keyword:
    """The whole reply is a keyword (polite words around it do not count), contains a wish to stop, or neither."""
    plain = _plain(text)
    bare = " ".join(word for word in plain.split() if word not in _POLITE)
    for words, meaning in ((_STOP, Keyword.STOP), (_START, Keyword.START), (_HELP, Keyword.HELP)):
        if plain in words or bare in words:
            return meaning
    repeated = set(bare.split())
    if len(repeated) == 1 and repeated <= _STOP:  # "STOP STOP STOP"
        return Keyword.STOP
    return Keyword.AMBIGUOUS if _HINTS.search(_HARMLESS.sub(" ", plain)) else Keyword.NONE
