import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from assistant.language import language_model, language_of
from assistant.wording import languages
from settings import PROJECT


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("¿Qué medicamentos pueden provocarlo?", "es"),
        ("quels médicaments peuvent le déclencher", "fr"),
        ("Welche Medikamente können das auslösen?", "de"),
        ("quali farmaci possono provocarla?", "it"),
        ("quais remédios podem causar as pernas inquietas?", "pt"),
        ("welke medicijnen kunnen rusteloze benen veroorzaken?", "nl"),
        ("jakie leki mogą to wywołać?", "pl"),
        ("ما الأدوية التي قد تسبب ذلك؟", "ar"),
        ("कौन सी दवाएँ इसे बढ़ा सकती हैं?", "hi"),
        ("哪些药物会引起不宁腿？", "zh"),
        ("どんな薬が原因になりますか", "ja"),
    ],
)
def test_a_question_is_recognised_in_each_language_that_there_is_wording_in(question: str, language: str) -> None:
    assert language in languages()
    assert language_of(question) == language


@pytest.mark.parametrize("question", ["RLS", "b12", "dopamin??", "why do my legs do this", "CMT", "😀", "12345", "x" * 1000])
def test_short_misspelt_or_meaningless_questions_count_as_english(question: str) -> None:
    assert language_of(question) == "en"


@pytest.fixture(scope="module")
def original() -> LanguageIdentifier:
    """py3langid itself, limited to the same languages."""
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(languages()))
    return identifier


def assert_same(text: str, original: LanguageIdentifier) -> None:
    language, probability = language_model().most_likely(text)
    expected, expected_probability = original.classify(text)
    assert language == expected, text
    assert probability == pytest.approx(expected_probability, rel=1e-5), text


def test_the_narrowed_model_says_what_py3langid_says_of_every_labelled_question(original: LanguageIdentifier) -> None:
    lines = (PROJECT / "tests" / "questions" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    for line in lines:
        for turn in json.loads(line)["turns"]:
            assert_same(turn, original)


@given(st.text())
@example("")
@example("ẞ \ud800 É")
@example("ДА ¿QUÉ")
def test_it_says_what_py3langid_says_of_any_text(original: LanguageIdentifier, text: str) -> None:
    assert_same(text, original)


def test_the_model_is_of_the_languages_that_there_is_wording_in() -> None:
    assert sorted(language_model().languages) == list(languages())
