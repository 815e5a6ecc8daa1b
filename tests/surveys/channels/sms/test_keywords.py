"""STOP, START and HELP as people write them (reliability G6)."""

import pytest

from surveys.channels.sms.keywords import Keyword, keyword

STOP = """STOP|stop|Stop.|StOp!!!|stop please|please stop|Please, STOP!|STOP, thanks|STOP now|"STOP"|'stop'|«stop»
“Stop”|STOP 🙏|🛑 STOP 🛑|STOP 😡😡|STOP\u00a0|\u00a0STOP\u00a0please|\u200bSTOP\ufeff|S\u00adTOP|ＳＴＯＰ
STOP STOP STOP
stop-all|STOPALL
STOP ALL|END|end.|Quit|QUIT!|cancel|CANCEL PLEASE|revoke|REVOKE|opt out|OPT-OUT|optout|Opt Out please|unsubscribe
UNSUBSCRIBE|Unsubscribe!|STOPP|stopp bitte|Bitte stoppen|Abmelden|ABMELDEN!|abbestellen|Bitte abbestellen|Beenden
Ende|kündigen|KÜNDIGEN|keine SMS mehr|ARRÊT|Arrêt|arret|ARRET|arrêter|Arrêtez svp|arrêtez s'il vous plaît|désabonner
Désabonner|desabonner|désinscription|DÉSINSCRIRE|résilier|annuler|FIN|Stop merci|alto|ALTO|parar|Parar por favor|PARE
cancelar|Baja|BAJA|darse de baja|detener|no más|No mas|stop gracias|توقف|توقّف|توقف من فضلك|قف|وقف|إيقاف|ايقاف|أوقف|اوقف
إلغاء|الغاء|إلغاء الاشتراك|الغاء الإشتراك|\u200fتوقف\u200f|afmelden|ferma|fermare|sair"""
AMBIGUOUS = """please stop texting me|stop texting me|why don't you stop?
I want to stop getting these|Can you unsubscribe me from this|how do I opt out|STOP sending this or I sue
Stop it, you were great|remove me from your list|no more texts|leave me alone|do not contact me again|dont text me
bitte keine SMS von euch|ich will das abbestellen|stoppt das, stopp|arrêtez de m'écrire|je veux me désabonner
quiero darme de baja, alto|من فضلكم توقفوا عن هذا|take me off this list"""
NONE = """10|9 great service
don't stop|Don’t stop, great service|yes|no|ja|oui|sí|non-stop flight|Nonstop to Berlin was nice|the bus stop was far
pit stop was quick
In the end it was fine|I had to cancel my order|I quit my contract|the information was wrong|can you help me tomorrow
started well|fine|👍|..||?|please|thanks|helpful staff|the weekend was nice|nonstop|Ende gut, alles gut|finally"""
START = """START|start|Start!|UNSTOP|subscribe|opt in|Resume please|anmelden|starten|commencer|reprendre|empezar
alta|ابدأ|اشترك"""
HELP = "HELP|help!|Help please|INFO|info?|Hilfe|HILFE BITTE|aide|Aide svp|ayuda|Ayuda por favor|مساعدة|مساعده"


def cases() -> list[tuple[str, Keyword]]:
    corpus = (STOP, Keyword.STOP), (AMBIGUOUS, Keyword.AMBIGUOUS), (NONE, Keyword.NONE), (START, Keyword.START)
    return [
        (text, meaning)
        for texts, meaning in (*corpus, (HELP, Keyword.HELP))
        for text in texts.replace("\n", "|").split("|")
    ]


@pytest.mark.parametrize(("text", "meaning"), cases())
def test_keyword_corpus(text: str, meaning: Keyword) -> None:
    assert keyword(text) == meaning


def test_keyword_corpus_is_as_large_as_asked() -> None:
    assert len(cases()) >= 120
