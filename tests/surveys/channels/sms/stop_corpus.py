"""What people write back, and what it must lead to (reliability G6): the corpus that the STOP tests go through."""

from typing import Final

STOP: Final = (
    *("STOP", "Stop", "stop", "sToP", "STOP.", "Stop!", "stop!!!", "'STOP'", '"stop"', "“Stop”", "«STOP»", "(stop)"),
    *("STOP 🛑", "🙏 stop", "STOP\u00a0", "\u00a0stop\u00a0", "\u200estop", "ＳＴＯＰ", "stop\n"),
    *("STOP\r\n\r\n", "s\u0301top"),
    *("stop please", "Please stop", "please STOP, thanks", "stop now", "Stop. Thank you", "ok stop", "STOP STOP STOP"),
    *("STOPALL", "stop all", "Stop-All", "END", "end.", "QUIT", "quit", "Quit please", "CANCEL", "cancel", "REVOKE"),
    *("revoke", "OPT OUT", "opt-out", "Optout", "opt out please", "UNSUBSCRIBE", "Unsubscribe", "unsubscribe."),
    *("STOPP", "Stopp!", "stopp bitte", "Bitte stopp", "Ende", "ENDE.", "beenden", "Abmelden", "abmelden bitte"),
    *("ABBESTELLEN", "Abbestellen, danke", "kündigen", "KÜNDIGEN", "ku\u0308ndigen", "keine SMS mehr"),
    "Keine SMS mehr!",
    *("ARRÊT", "arrêt", "ARRET", "Arrêt svp", "arrêter", "Arrêtez", "arrêtez s'il vous plaît", "désabonner"),
    *("DESABONNER", "Désinscrire", "désinscription", "résilier", "annuler", "FIN", "fin merci"),
    *("توقف", "توقف.", "قف", "إيقاف", "ايقاف", "أوقف", "إلغاء", "الغاء", "إلغاء الاشتراك", "تَوَقَّف"),
    *("توقف من فضلك", "توقــف"),
    *("ALTO", "alto por favor", "parar", "Pare", "BAJA", "darse de baja", "cancelar", "no más", "No mas"),
    *("FERMA", "fermare", "cancella", "disiscrivi", "afmelden", "SAIR"),
    *("STOP" + "!" * 170, " " * 100 + "stop" + " " * 100, "STOP 🛑" + " 🛑" * 40),  # two segments
)  # fmt: skip
AMBIGUOUS: Final = (
    *("Please stop texting me", "I want you to stop", "stop sending these", "can you stop this?"),
    "how do I unsubscribe",
    *("I said unsubscribe already", "remove me from your list", "take me off this list", "leave me alone"),
    *("no more texts", "no more messages from you", "do not text me again", "don't contact me", "Don't message me"),
    *("Why do you not stop", "I would like to opt out of this"),
    *("Bitte keine SMS mehr schicken", "ich will mich abmelden", "hört auf, stopp damit", "keine Nachrichten an mich"),
    *("arrêtez de m'écrire", "je veux me désabonner", "quiero darse de baja ya", "deténganse ya"),
    *("أريد إلغاء الاشتراك الآن", "توقفوا عن الإرسال", "STOP after the survey please ok? I liked it though"),
)  # fmt: skip
NOT_STOP: Final = (
    *("don't stop, great service", "Don't stop being so kind", "non-stop flight was great", "nonstop help, thank you"),
    *("The bus stop was hard to find", "next stop: recommending you", "first stop for everything", "9"),
    *("10", "5 stars"),
    *("", " ", "👍", "great", "Endlich jemand, der hilft", "endless patience, thank you", "cancellation went smoothly"),
    *("the weekend was fine", "Finally solved", "quite good", "Am Ende war alles gut", "sehr gut"),
    *("très bien", "enfin"),
    *("ممتاز", "شكرا جزيلا", "perfecto", "Stopover in Vienna was fine", "it never stopped raining"),
    "pit stop took 5 min",
)  # fmt: skip
HELP: Final = ("HELP", "help", "Help!", "INFO", "info", "Hilfe", "aide", "AYUDA", "مساعدة", "aiuto", "help please")
START: Final = ("START", "start", "UNSTOP", "subscribe", "Anmelden", "reprendre", "alta", "ابدأ")
