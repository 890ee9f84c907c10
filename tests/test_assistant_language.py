import pytest

from assistant.language import language_of
from assistant.wording import languages


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
