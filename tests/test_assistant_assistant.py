"""assistant/assistant.py: five kinds of answer, exact quotes, the same bytes every time."""

import json
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from assistant import Assistant, Kind, QuestionError
from assistant.answer import FEW_CITATIONS, MOST_CITATIONS
from assistant.languages.wording import wording
from assistant.question import LONGEST_QUESTION, check_turns, read
from assistant.retrieval.learned import StaleCalibrationError
from corpus import ShownError, load_article
from index import IndexDamagedError, IndexMissingError, IndexVersion, ModelError, build, current_version, open_version
from index.encoding.sentence_transformer import SentenceTransformerEncoder
from index.published.manifest import files_of
from settings import PROJECT, Settings
from tests.conftest import ARTICLE, SITE, HashEncoder, make_document

IRON = "How is iron linked to dopamine?"
MOST_FILES = 32  # of ours that a new question enters; a document, too, which tells whether a quote was made of a table
TEXT = load_article(PROJECT / "corpus" / "articles" / ARTICLE).text


def hashed_version(index_dir: Path) -> IndexVersion:
    """A version that the learned parameters do not hold for."""
    build([make_document()], encoder=HashEncoder(), index_dir=index_dir)
    return open_version(index_dir, current_version(index_dir))


@st.composite
def pieces_of_the_article(draw: st.DrawFn) -> str:
    start = draw(st.integers(0, len(TEXT) - 1))
    return TEXT[start : start + draw(st.integers(1, 300))]


QUESTIONS = (
    st.text(max_size=LONGEST_QUESTION)
    | pieces_of_the_article()
    | st.lists(st.sampled_from(TEXT.split()), min_size=1, max_size=30).map(" ".join)
)


def can_be_asked(turns: list[str]) -> bool:
    try:
        check_turns(turns)
    except QuestionError:
        return False
    return True


def check_answer(assistant: Assistant, turns: list[str]) -> None:
    """Every quote is a slice of an article, cited where it stands; asked again, the answer is the same bytes."""
    answer = assistant.ask(turns)
    assert (answer.kind is Kind.ANSWER) == bool(answer.citations)
    assert [citation.n for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    assert len(answer.citations) <= MOST_CITATIONS
    for citation in answer.citations:
        document = assistant.version.documents[citation.article]
        assert citation.quote == document.text[citation.start : citation.end] != ""
        (section,) = (s for s in document.sections if s.start <= citation.start and citation.end <= s.end)
        assert citation.section == section.heading
        assert citation.title == document.source.title
        assert citation.url.startswith(f"/articles/{document.id}#:~:text=")
    asked = [read(turn) for turn in turns]  # what may be English may turn out to be another language, or that spoken before
    codes = {code for turn in asked for code in (turn.language, turn.recognised.language)}
    texts = [text for code in codes for text in wording(code, assistant.site).values()]
    first = answer.message.split("\n")[0]  # below urgent wording stand the lines to call
    assert any(re.fullmatch(re.escape(text).replace(r"\{word\}", ".+"), first) for text in texts)
    assert 0 <= answer.confidence <= 1
    assert answer.index_version == assistant.version.name
    assert assistant.ask(turns).as_json() == answer.as_json()


@given(st.lists(QUESTIONS, min_size=1, max_size=3))
@example(["\u0301"])  # no word piece is left of it
@example(["?"])
@example(["👩\u200d🔬"])
def test_every_quote_is_exactly_a_slice_of_the_article(assistant: Assistant, turns: list[str]) -> None:
    assume(can_be_asked(turns))
    check_answer(assistant, turns)


@settings(max_examples=30)
@given(pieces_of_the_article())
def test_a_piece_of_the_article_gets_no_quote_that_is_not_a_slice_of_it(assistant: Assistant, question: str) -> None:
    assume(question.strip())
    check_answer(assistant, [question])


def test_every_question_that_is_offered_is_answered(assistant: Assistant) -> None:
    offered = [question.question for document in assistant.version.documents.values() for question in document.questions]
    assert len(offered) >= 7
    assert [question for question in offered if assistant.ask([question]).kind is not Kind.ANSWER] == []


def test_a_question_that_the_article_answers_gets_its_sentence_and_what_to_ask_next(assistant: Assistant) -> None:
    answer = assistant.ask([IRON])
    assert answer.kind is Kind.ANSWER
    assert "co-factor for tyrosine hydroxylase" in answer.citations[0].quote
    assert answer.citations[0].section == "The Role of Dopamine in Primary RLS"
    assert answer.suggestions
    assert IRON not in answer.suggestions


def test_what_would_show_the_same_quotes_again_is_not_offered_now_or_after_another_turn(assistant: Assistant) -> None:
    asked, on_offer = "What is the role of dopamine?", "What role does dopamine play in RLS?"
    assert assistant.ask([asked]).citations[0].quote == assistant.ask([on_offer]).citations[0].quote
    assert on_offer in assistant.ask([IRON]).suggestions
    for turns in ([asked], [asked, IRON], ["What about the role of dopamine?", "hello", IRON]):
        suggestions = assistant.ask(turns).suggestions
        assert suggestions
        assert on_offer not in suggestions


def test_a_question_that_the_article_does_not_answer_gets_no_quote_but_questions_that_it_does(assistant: Assistant) -> None:
    answer = assistant.ask(["Which team won the football match last night?"])
    assert answer.kind is Kind.UNANSWERED
    assert answer.suggestions
    for suggestion in answer.suggestions:
        assert assistant.ask([suggestion]).kind is Kind.ANSWER


@pytest.mark.parametrize(
    ("question", "kind"),
    [("Hello", Kind.CHAT), ("Should I take iron tablets?", Kind.ADVICE), ("I want to die", Kind.URGENT)],
)
def test_what_is_not_looked_up_gets_fixed_wording(assistant: Assistant, question: str, kind: Kind) -> None:
    answer = assistant.ask([question])
    assert answer.kind is kind
    assert answer.message.split("\n")[0] in {text for key, text in wording("en", SITE).items() if key.startswith(f"{kind}.")}


def test_urgent_help_stands_alone_while_chat_and_advice_offer_questions(assistant: Assistant) -> None:
    assert assistant.ask(["I want to die"]).suggestions == ()
    assert set(assistant.ask(["Hello"]).suggestions) <= set(assistant.starters())
    assert assistant.ask(["Hello"]).suggestions
    assert "Is iron deficiency anemia a risk factor for RLS?" in assistant.ask(["Should I take iron tablets?"]).suggestions


def test_a_follow_up_changes_what_the_real_model_finds(assistant: Assistant) -> None:
    follow_up = "How does that affect the legs?"
    alone = assistant.ask([follow_up]).as_json()
    told = {assistant.ask([before, follow_up]).as_json() for before in ("Can kidney failure lead to RLS?", IRON)}
    assert len(told | {alone}) == 3


def test_a_question_that_cannot_be_answered_is_refused(assistant: Assistant) -> None:
    with pytest.raises(QuestionError):
        assistant.ask(["  "])
    with pytest.raises(QuestionError):
        assistant.ask("What is RLS?")


def test_threads_get_the_answers_that_one_thread_gets(assistant: Assistant) -> None:
    questions = [[question] for question in assistant.starters()] * 3
    expected = [assistant.ask(turns).as_json() for turns in questions]
    with ThreadPoolExecutor(4) as pool:
        assert [answer.as_json() for answer in pool.map(assistant.ask, questions)] == expected


def test_a_version_that_another_model_made_is_refused(tmp_path: Path) -> None:
    version = hashed_version(tmp_path)
    with pytest.raises(ModelError, match="Run `python -m index build`") as caught:
        Assistant(version, HashEncoder("sha256:another"))
    assert version.name in caught.value.message


def test_a_model_that_the_calibration_was_not_fitted_with_is_refused_with_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(StaleCalibrationError, match=r"another model \(sha256:hash-encoder\).*`make train` for this one"):
        Assistant(hashed_version(tmp_path), HashEncoder())


def test_urgent_help_ends_with_the_lines_of_the_region(assistant: Assistant, encoder: SentenceTransformerEncoder) -> None:
    answer = Assistant(assistant.version, encoder, region="GB").ask(["I want to die"])
    assert answer.message.split("\n") == [wording()["urgent.crisis"], "Emergency number: 999", "Samaritans: 116 123"]
    assert answer.index_version == assistant.version.name


def test_a_region_without_help_lines_is_refused_with_those_there_are(
    assistant: Assistant, encoder: SentenceTransformerEncoder
) -> None:
    with pytest.raises(ShownError, match=r"REGION='XX' has no help lines\. Choose one of US, .*INT"):
        Assistant(assistant.version, encoder, region="XX")


def test_fixed_wording_comes_in_the_language_of_the_question(assistant: Assistant) -> None:
    answer = assistant.ask(["quiero morir"])
    assert (answer.kind, answer.message.split("\n")[0]) == (Kind.URGENT, wording("es")["urgent.crisis"])


def test_suggestions_on_offer_are_grouped_by_topic_and_all_there(assistant: Assistant) -> None:
    grouped = [question for _, questions in assistant.topics() for question in questions]
    documents = assistant.version.documents.values()
    assert sorted(grouped) == sorted(question.question for document in documents for question in document.questions)
    assert len({topic for topic, _ in assistant.topics()}) == len(assistant.topics())


def test_links_begin_with_the_public_address(real_index: Path, encoder: SentenceTransformerEncoder) -> None:
    version = open_version(real_index, current_version(real_index))
    answer = Assistant(version, encoder, public_url="https://example.org/rls/").ask([IRON])
    assert answer.citations[0].url.startswith(f"https://example.org/rls/articles/{ARTICLE}#:~:text=")


def test_load_takes_the_index_that_it_is_given_else_the_one_in_the_settings(
    real_index: Path, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = assistant.ask([IRON])
    assert Assistant.load(real_index).ask([IRON]) == expected
    monkeypatch.setenv("INDEX_DIR", str(real_index))
    monkeypatch.setenv("PUBLIC_URL", "https://example.org")
    urls = [citation.url for citation in Assistant.load().ask([IRON]).citations]
    assert urls == [f"https://example.org{citation.url}" for citation in expected.citations]


def test_load_takes_the_settings_that_it_is_given(real_index: Path, assistant: Assistant) -> None:
    given_settings = Settings(index_dir=real_index, public_url="https://example.org", region="DE")
    loaded = Assistant.load(settings=given_settings)
    assert loaded.ask([IRON]).citations[0].url.startswith("https://example.org/articles/")
    assert loaded.ask(["I want to die"]).message.split("\n")[1] == "Emergency number: 112"


def test_a_missing_index_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match="Run `python -m index build`"):
        Assistant.load(tmp_path / "nowhere")


@pytest.mark.parametrize("file", [*sorted(files_of({"engine": "faiss"})), "manifest.json"])
def test_a_damaged_index_says_what_to_run_before_any_model_is_loaded(tmp_path: Path, file: str) -> None:
    path = tmp_path / hashed_version(tmp_path).name / file
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(IndexDamagedError, match="Run `python -m index build`"):
        Assistant.load(tmp_path, settings=Settings(model=str(tmp_path / "no model here")))


def test_an_answer_is_the_json_that_the_contract_shows(assistant: Assistant) -> None:
    found = json.loads(assistant.ask([IRON]).as_json())
    assert list(found) == ["kind", "message", "citations", "suggestions", "confidence", "index_version"]
    assert found["kind"] == "answer"
    assert found["citations"]
    for citation in found["citations"]:
        assert list(citation) == ["n", "quote", "article", "title", "section", "start", "end", "url", "score"]
        assert TEXT[citation["start"] : citation["end"]] == citation["quote"]


def test_of_two_things_the_one_that_is_said_is_answered_and_the_other_is_named(assistant: Assistant) -> None:
    answer = assistant.ask(["Is it caused by stress or iron?"])
    assert answer.kind is Kind.ANSWER
    assert "iron" in answer.citations[0].quote
    assert "“stress”" in answer.message
    assert assistant.ask(["stress and restless legs"]).kind is Kind.UNANSWERED


def test_both_questions_of_one_message_are_answered(assistant: Assistant) -> None:
    answer = assistant.ask(["Is it hereditary? Which drugs cause it?"])
    quotes = [citation.quote for citation in answer.citations]
    assert any("run in families" in quote for quote in quotes[:1])
    assert any("antihistamines" in quote for quote in quotes)
    assert [citation.n for citation in answer.citations] == list(range(1, len(quotes) + 1))
    assert len(assistant.ask(["What is it and what causes it?"]).citations) > FEW_CITATIONS


def test_why_does_it_asks_for_the_reason_of_what_was_said_before(assistant: Assistant) -> None:
    answer = assistant.ask(["Does kidney failure cause RLS?", "why does it?"])
    assert [citation.quote.startswith("Impaired renal function") for citation in answer.citations] == [True]


def test_an_abstention_names_the_word_that_the_article_lacks_and_offers_up_to_three_questions(assistant: Assistant) -> None:
    answer = assistant.ask(["Does caffeine make restless legs worse?"])
    assert answer.kind is Kind.UNANSWERED
    assert "“caffeine”" in answer.message.split("\n")[0]
    assert 1 <= len(answer.suggestions) <= 3
    assert not set(answer.suggestions) & {section.heading for section in assistant.version.documents[ARTICLE].sections}


def test_every_section_can_be_asked_for_by_its_heading(assistant: Assistant) -> None:
    headings = [section.heading for section in assistant.version.documents[ARTICLE].sections]
    assert [heading for heading in headings if assistant.ask([heading]).kind is not Kind.ANSWER] == []


def test_a_new_question_enters_few_files_so_that_its_way_can_be_read(assistant: Assistant) -> None:
    assistant.ask([IRON])  # makes what is made once: tables, links
    entered = set()

    def note(frame: FrameType, _event: str, _arg: object) -> None:
        entered.add(frame.f_code.co_filename)

    sys.setprofile(note)
    try:
        answer = assistant.ask(["what does iron have to do with dopamine"])
    finally:
        sys.setprofile(None)
    ours = tuple(f"{PROJECT / room}/" for room in ("assistant", "index", "corpus"))
    own = {path.removeprefix(f"{PROJECT}/") for path in entered if path.startswith(ours)}
    assert answer.kind is Kind.ANSWER
    assert len(own) <= MOST_FILES, sorted(own)


def test_of_two_questions_the_one_that_is_answered_is_and_the_other_is_not_passed_over(assistant: Assistant) -> None:
    both = assistant.ask(["Is it genetic and can it be cured?"])
    assert (both.kind, both.citations) == (Kind.ANSWER, assistant.ask(["Is it genetic?"]).citations)
    assert both.message.split("\n")[1:] == [wording()["unanswered.missing"].replace("{word}", "can it be cured")]
    advised = assistant.ask(["Why does low iron cause it and what should I take?"])
    assert (advised.kind, advised.message.split("\n")[1:]) == (Kind.ANSWER, [wording()["answer.boundary"]])
    of_the_article = assistant.ask(["Who wrote this article and when?"])
    assert (of_the_article.kind, of_the_article.citations) == (Kind.CHAT, ())


def test_a_word_that_only_leans_is_no_question_of_its_own(assistant: Assistant) -> None:
    assert assistant.ask(["How long is a flight to Mars and why?"]).kind is Kind.UNANSWERED
