"""Leading and double-barrelled wording, and reading age: what is said and what is left in peace."""

import pytest

from surveys.drafting.barrels import two_things
from surveys.drafting.leading import leading_words
from surveys.drafting.reading_age import reading_age, syllables


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("en", "Don't you agree that our service was quick?", "Don't you"),
        ("en", "How great was your visit?", "How great"),
        ("en", "How much did you enjoy our app?", "How much did you enjoy"),
        ("en", "What did you think of our friendly staff?", "our friendly"),
        ("en-GB", "Of course you will come back?", "Of course"),
        ("de", "Finden Sie nicht auch, dass es schnell ging?", "Finden Sie nicht"),
        ("de", "Wie fanden Sie unser freundliches Team?", "unser freundliches"),
        ("fr", "Notre excellente équipe vous a-t-elle aidé ?", "Notre excellente"),
        ("fr", "C'était rapide, n'est-ce pas ?", "n'est-ce pas"),
        ("ar", "ألا تعتقد أن الخدمة كانت سريعة؟", "ألا تعتقد"),
    ],
)
def test_leading_words_found(language, text, words):
    assert leading_words(text, language) == words


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Overall, how satisfied were you with this contact?"),
        ("en", "How likely are you to recommend us to a friend or colleague?"),
        ("en", "The company made it easy for me to handle my request."),
        ("en", "What could we do better?"),
        ("de", "Wie zufrieden waren Sie mit dem Gespräch?"),
        ("fr", "Dans quelle mesure êtes-vous satisfait de ce contact ?"),
        ("ar", "ما مدى رضاك عن هذا الاتصال؟"),
        ("ja", "of course"),
    ],
)
def test_neutral_wording_left_in_peace(language, text):
    assert leading_words(text, language) is None


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("en", "How satisfied were you with the speed and friendliness of our staff?", "speed and friendliness"),
        ("en", "You called us. Was it quick or easy?", "quick or easy"),
        ("de", "Wie zufrieden waren Sie mit Preis und Leistung?", "Preis und Leistung"),
        ("fr", "Êtes-vous satisfait de la rapidité et de l'accueil ?", "rapidité et de l'accueil"),
        ("fr", "Les conseillers étaient-ils rapides et aimables ?", "rapides et aimables"),
        ("ar", "هل كانت الخدمة سريعة أو سهلة؟", "سريعة أو سهلة"),
    ],
)
def test_two_things_in_one_rating(language, text, words):
    assert two_things(text, language) == words


@pytest.mark.parametrize(
    "text",
    [
        "How likely are you to recommend us to a friend or colleague?",
        "Are the terms and conditions clear to you?",
        "You sent us your form and we called you back. How satisfied were you with this contact?",
        "Overall, how satisfied were you with opening your account?",
        "Understand and hand: how was this?",
    ],
)
def test_one_thing_left_in_peace(text):
    assert two_things(text, "en") is None


EASY = {
    "en": "The cat sat on the mat with the big dog. " * 3,
    "de": "Wie war es für Sie bei uns am Tag im Haus? Sagen Sie es uns. " * 2,
    "fr": "Avez-vous eu vite une bonne aide de nos gens ce jour ? Dites-le nous. " * 2,
}
HARD = {
    "en": "Considering organisational and regulatory aspects, was everything adequately coordinated by "
    "appropriate teams and departments throughout the comprehensive "
    "administrative verification of your individual application documents, certificates and declarations?",
    "de": "Inwieweit entsprachen die organisatorischen Rahmenbedingungen der Vertragsabwicklung einschließlich der "
    "nachgelagerten Überprüfungsmaßnahmen durch unterschiedliche Abteilungen insgesamt Ihren persönlichen Erwartungen "
    "hinsichtlich der Verlässlichkeit, der Erreichbarkeit und der Nachvollziehbarkeit?",
    "fr": "Dans quelle mesure la réorganisation administrative de nos services satisfait-elle vos exigences "
    "professionnelles particulières concernant la transparence, la disponibilité et la responsabilité de nos "
    "interlocuteurs spécialisés ?",
}


def test_reading_age_equals_flesch_kincaid_by_hand():
    # 30 words of one syllable in 3 sentences: .39 * 10 + 11.8 - 15.59 + 5 = 5.11, but nobody reads under 6.
    assert reading_age(EASY["en"], "en") == 6.0
    # 30 words in one sentence, 30 + 10 syllables: .39 * 30 + 11.8 * 40 / 30 - 15.59 + 5.
    text = " ".join(["cat"] * 20 + ["water"] * 10) + "."
    assert reading_age(text, "en") == pytest.approx(11.7 + 11.8 * 4 / 3 - 10.59)


def test_reading_age_short_or_unknown_language_says_nothing():
    assert reading_age("How satisfied were you?", "en") is None
    assert reading_age("ما مدى رضاك عن هذا الاتصال الذي أجريته معنا اليوم صباحًا؟ " * 5, "ar") is None


@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_reading_age_tells_easy_from_hard(language):
    easy, hard = reading_age(EASY[language], language), reading_age(HARD[language], language)
    assert easy is not None
    assert hard is not None, language
    assert easy <= 12
    assert hard > 14


@pytest.mark.parametrize(
    ("word", "language", "n"),
    [
        ("table", "en", 2),
        ("cake", "en", 1),
        ("I", "en", 1),
        ("satisfied", "en", 3),
        ("Häuser", "de", 2),
        ("porte", "fr", 1),
    ],
)
def test_syllables_counted(word, language, n):
    assert syllables(word, language) == n
