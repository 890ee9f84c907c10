"""assistant/assistant.py: five kinds of answer, exact quotes, the same bytes every time."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from assistant import Assistant, Kind, QuestionError
from assistant.question import LONGEST_QUESTION, check_turns
from assistant.wording import wording
from corpus import Document, load_article, load_corpus
from index import IndexDamagedError, IndexMissingError, ModelError, build, current_version, open_version
from index.encoder import SentenceTransformerEncoder
from settings import PROJECT
from tests.conftest import ARTICLE, HashEncoder, make_document

IRON = "How is iron linked to dopamine?"
TEXT = load_article(PROJECT / "corpus" / "articles" / ARTICLE).text


def assistant_over(documents: list[Document], index_dir: Path) -> Assistant:
    """An assistant with hashed vectors: it finds what shares words with the question."""
    encoder = HashEncoder()
    build(documents, encoder=encoder, index_dir=index_dir)
    return Assistant(open_version(index_dir, current_version(index_dir)), encoder)


@pytest.fixture(scope="module")
def hashing_assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_over(load_corpus(PROJECT / "corpus" / "articles"), tmp_path_factory.mktemp("index"))


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
    assert [citation.n for citation in answer.citations] == [1, 2, 3][: len(answer.citations)]
    for citation in answer.citations:
        document = assistant.version.documents[citation.article]
        assert citation.quote == document.text[citation.start : citation.end] != ""
        (section,) = (s for s in document.sections if s.start <= citation.start and citation.end <= s.end)
        assert citation.section == section.heading
        assert citation.title == document.source.title
        assert citation.url.startswith(f"/articles/{document.id}#:~:text=")
    assert answer.message.split("\n")[0] in wording().values()  # below urgent wording stand the lines to call
    assert 0 <= answer.confidence <= 1
    assert answer.index_version == assistant.version.name
    assert assistant.ask(turns).as_json() == answer.as_json()


@given(st.lists(QUESTIONS, min_size=1, max_size=3))
def test_every_quote_is_exactly_a_slice_of_the_article(hashing_assistant: Assistant, turns: list[str]) -> None:
    assume(can_be_asked(turns))
    check_answer(hashing_assistant, turns)


@settings(max_examples=30)
@given(pieces_of_the_article())
def test_every_quote_is_exactly_a_slice_of_the_article_with_the_real_model(assistant: Assistant, question: str) -> None:
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
    assert answer.message.split("\n")[0] in {text for key, text in wording().items() if key.startswith(f"{kind}.")}


def test_urgent_help_stands_alone_while_chat_and_advice_offer_questions(assistant: Assistant) -> None:
    assert assistant.ask(["I want to die"]).suggestions == ()
    assert set(assistant.ask(["Hello"]).suggestions) <= set(assistant.starters())
    assert assistant.ask(["Hello"]).suggestions
    assert assistant.ask(["Should I take iron tablets?"]).suggestions


def test_a_follow_up_is_read_with_the_question_before_it(tmp_path: Path) -> None:
    drinks = make_document("drinks", ["Tea comes from green leaves.", "Coffee comes from roasted beans."])
    assistant = assistant_over([drinks], tmp_path)
    quotes = [assistant.ask([before, "It comes from?"]).citations[0].quote for before in ("About tea?", "About coffee?")]
    assert quotes == ["Tea comes from green leaves.", "Coffee comes from roasted beans."]


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


def test_a_version_that_another_model_made_is_refused(hashing_assistant: Assistant) -> None:
    with pytest.raises(ModelError, match="Run `python -m index build`") as caught:
        Assistant(hashing_assistant.version, HashEncoder("sha256:another"))
    assert hashing_assistant.version.name in caught.value.message


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
    (citation,) = Assistant.load().ask([IRON]).citations
    assert citation.url == f"https://example.org{expected.citations[0].url}"


def test_a_missing_index_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match="Run `python -m index build`"):
        Assistant.load(tmp_path / "nowhere")


@pytest.mark.parametrize("file", ["documents.json", "passages.json", "vectors.npy", "store.faiss", "manifest.json"])
def test_a_damaged_index_says_what_to_run_before_any_model_is_loaded(tmp_path: Path, file: str) -> None:
    name = assistant_over([make_document()], tmp_path).version.name
    path = tmp_path / name / file
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(IndexDamagedError, match="Run `python -m index build`"):
        Assistant.load(tmp_path, model=str(tmp_path / "no model here"))


def test_an_answer_is_the_json_that_the_contract_shows(assistant: Assistant) -> None:
    found = json.loads(assistant.ask([IRON]).as_json())
    (citation,) = found["citations"]
    assert TEXT[citation["start"] : citation["end"]] == citation["quote"]
    assert found["kind"] == "answer"
