"""Unanswered subjects are counted, and nothing else is: no word of a question reaches the disk, nothing delays an answer."""

import html
import json
import threading
from collections import Counter
from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from assistant import Assistant
from assistant.answer import Kind
from assistant.evaluation.labelled import read_questions
from assistant.gaps import topics
from assistant.gaps.recorder import WEEKS_KEPT, GapRecorder, GapsError, add_counts, read_counts, week_of
from assistant.gaps.topics import OTHER_LANGUAGE, SOMETHING_ELSE, Topics
from assistant.languages.wording import languages, wording
from assistant.reading.reader import QuestionReader
from assistant.web import create_server
from assistant.web.process.live import LiveAssistant
from assistant.web.routes.drawing import shell_html
from assistant.web.routes.widget import WidgetFiles
from index import Encoding, build
from index.encoding.onnx import OnnxEncoder
from index.encoding.sentence_transformer import SentenceTransformerEncoder
from settings import PROJECT
from tests.conftest import SITE, make_document
from tests.ending import join

DAY = date(2026, 11, 23)
CANARY = "xylophonemarmalade"
UNANSWERED = f"Does coffee make restless legs worse, {CANARY}?"


@pytest.fixture(scope="module")
def subjects(encoder: SentenceTransformerEncoder) -> Topics:
    return Topics(encoder)


@pytest.fixture
def recorder(subjects: Topics, tmp_path: Path) -> GapRecorder:
    return GapRecorder(subjects, tmp_path / "gaps.json", today=lambda: DAY)


def topic_totals(file: Path) -> Counter[str]:
    totals: Counter[str] = Counter()
    for (_, topic), count in read_counts(file).items():
        totals[topic] += count
    return totals


def test_the_list_has_forty_to_sixty_subjects_and_none_has_a_single_phrase() -> None:
    assert 40 <= len(topics.listed()) <= 60
    assert all(sum(map(len, groups)) > 1 for groups in topics.listed().values())


def test_no_subject_quotes_the_article() -> None:
    text = (PROJECT / "corpus/articles/causes-of-restless-legs-syndrome/text.txt").read_text(encoding="utf-8").lower()
    phrases = [phrase for groups in topics.listed().values() for group in groups for phrase in group]
    assert [phrase for phrase in phrases if len(phrase.split()) > 4 and phrase.lower() in text] == []


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("Does coffee make it worse?", "Caffeine"),
        ("Is it harmful to the baby when I am pregnant?", "Pregnancy and birth"),
        ("How many people in Europe have RLS?", "How common it is"),
        ("How many milligrams of iron tablets should be taken a day?", "Dose and how to take it"),
        ("Can dogs get restless legs?", "Animals"),
        ("Does it get worse when I have a glass of wine?", "Alcohol"),
        ("What is the capital of Mongolia?", "Not about health"),
        ("qwrt zxcv plmk", SOMETHING_ELSE),
    ],
)
def test_a_question_is_counted_as_its_subject(
    question: str, subject: str, subjects: Topics, encoder: SentenceTransformerEncoder
) -> None:
    assert subjects.of(encoder.encode([question])[0]) == subject


def test_no_word_of_a_question_is_anywhere_on_the_disk(assistant: Assistant, recorder: GapRecorder, tmp_path: Path) -> None:
    live = LiveAssistant(assistant, gaps=recorder)
    with TestClient(create_server(live, feedback_file=tmp_path / "feedback.jsonl")) as client:
        assert client.post("/api/ask", json={"turns": ["coffee?", UNANSWERED]}).json()["kind"] == Kind.UNANSWERED
    assert topic_totals(tmp_path / "gaps.json") == {"Caffeine": 1}
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert tmp_path / "gaps.json" in written
    for path in written:
        content = path.read_text(encoding="utf-8")
        assert CANARY not in content
        assert "coffee" not in content
    known = {*topics.names(), "2026-W48", "format", "weeks"}
    assert _keys(json.loads((tmp_path / "gaps.json").read_text())) <= known


def _keys(value: object) -> set[str]:
    return {*value, *(key for own in value.values() for key in _keys(own))} if isinstance(value, dict) else set()


def test_only_unanswered_questions_are_counted(assistant: Assistant, recorder: GapRecorder, tmp_path: Path) -> None:
    counting = assistant.counting(recorder)
    kinds = [
        counting.ask([question]).kind
        for question in ("What is RLS?", "How much ropinirole should I take?", "I want to kill myself", "hello", UNANSWERED)
    ]
    assert sorted(kinds) == sorted(Kind)
    recorder.write()
    assert read_counts(tmp_path / "gaps.json").total() == 1


def test_a_question_in_another_language_is_counted_as_that(
    assistant: Assistant, recorder: GapRecorder, tmp_path: Path
) -> None:
    answer = assistant.counting(recorder).ask(["Wie viele Menschen haben das Syndrom der unruhigen Beine in Deutschland?"])
    assert answer.kind is Kind.UNANSWERED
    recorder.write()
    assert topic_totals(tmp_path / "gaps.json") == {OTHER_LANGUAGE: 1}


def test_the_answer_is_the_same_whether_or_not_it_is_counted(assistant: Assistant, recorder: GapRecorder) -> None:
    assert assistant.counting(recorder).ask([UNANSWERED]) == assistant.ask([UNANSWERED])


def test_nothing_is_encoded_a_second_time(
    assistant: Assistant, recorder: GapRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded: list[str] = []
    encode = OnnxEncoder.encode

    def noticed(self: OnnxEncoder, texts: Sequence[str], /) -> list[Encoding]:
        encoded.extend(texts)
        return encode(self, texts)

    monkeypatch.setattr(OnnxEncoder, "encode", noticed)
    assistant.counting(recorder).ask([UNANSWERED])
    assert len(encoded) == 1


def test_a_limited_assistant_counts_as_well(
    encoder: SentenceTransformerEncoder, recorder: GapRecorder, tmp_path: Path
) -> None:
    index_dir = tmp_path / "index"
    result = build([make_document("tea"), make_document("milk")], encoder=encoder, index_dir=index_dir)
    assert result.is_new
    assistant = Assistant.load(index_dir).counting(recorder)
    limited = assistant.limited_to(frozenset({"tea"}))
    assert limited.counts_gaps
    assert not assistant.counting(None).limited_to(frozenset({"tea"})).counts_gaps


def test_counts_are_right_under_threads_that_count_and_write(
    recorder: GapRecorder, encoder: SentenceTransformerEncoder, tmp_path: Path
) -> None:
    question = encoder.encode(["Does coffee make it worse?"])[0]

    def count() -> None:
        for number in range(250):
            recorder.count(recorder.subject_of(question, is_english=number % 5 != 0))
            if number % 50 == 0:
                recorder.write()

    threads = [threading.Thread(target=count, daemon=True) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        join(thread)
    recorder.write()
    assert topic_totals(tmp_path / "gaps.json") == {"Caffeine": 1600, OTHER_LANGUAGE: 400}


def test_several_recorders_add_to_one_file_and_a_restart_keeps_the_counts(
    subjects: Topics, encoder: SentenceTransformerEncoder, tmp_path: Path
) -> None:
    question = encoder.encode(["Does coffee make it worse?"])[0]
    for day in (DAY, DAY, date(2026, 11, 30)):
        recorder = GapRecorder(subjects, tmp_path / "gaps.json", today=partial(date.fromordinal, day.toordinal()))
        with recorder.writing(every_seconds=0.01):
            recorder.count(recorder.subject_of(question, is_english=True))
    counts = read_counts(tmp_path / "gaps.json")
    assert counts == {("2026-W48", "Caffeine"): 2, ("2026-W49", "Caffeine"): 1}


def test_what_is_counted_is_written_while_the_server_runs(
    recorder: GapRecorder, encoder: SentenceTransformerEncoder, tmp_path: Path
) -> None:
    with recorder.writing(every_seconds=0.01):
        recorder.count(recorder.subject_of(encoder.encode(["Does coffee make it worse?"])[0], is_english=True))
        written = threading.Event()
        for _ in range(500):
            if read_counts(tmp_path / "gaps.json"):
                break
            written.wait(0.01)
        assert topic_totals(tmp_path / "gaps.json") == {"Caffeine": 1}


def test_a_folder_that_cannot_be_written_costs_no_answer_and_what_waits_is_written_later(
    assistant: Assistant, subjects: Topics, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be", encoding="utf-8")
    recorder = GapRecorder(subjects, blocked / "gaps.json", today=lambda: DAY)
    for _ in range(3):
        assert assistant.counting(recorder).ask([UNANSWERED]).kind is Kind.UNANSWERED
        recorder.write()
    assert len(caplog.records) == 1
    assert CANARY not in caplog.text
    blocked.unlink()
    recorder.write()
    assert topic_totals(blocked / "gaps.json") == {"Caffeine": 3}


@pytest.mark.parametrize(
    "content",
    ["", "[]", '{"format": 2, "weeks": {}}', '{"format": 1, "weeks": {"2026-W48": {"Caffeine": -1}}}', '{"format": 1}'],
)
def test_a_damaged_file_is_refused_and_left_as_it_is(content: str, tmp_path: Path) -> None:
    file = tmp_path / "gaps.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(GapsError, match="does not hold counts"):
        add_counts(file, {("2026-W48", "Caffeine"): 1})
    assert file.read_text(encoding="utf-8") == content


def test_the_oldest_weeks_go(tmp_path: Path) -> None:
    file = tmp_path / "gaps.json"
    weeks = [f"{year}-W{week:02}" for year in (2024, 2025, 2026) for week in range(1, 53)]
    add_counts(file, {(week, "Caffeine"): 1 for week in weeks})
    assert sorted(week for week, _ in read_counts(file)) == weeks[-WEEKS_KEPT:]


def test_weeks_are_those_of_the_calendar() -> None:
    assert [week_of(date(2026, 12, 31)), week_of(date(2027, 1, 3)), week_of(date(2027, 1, 4))] == [
        "2026-W53",
        "2026-W53",
        "2027-W01",
    ]


def test_a_new_version_is_not_counted_while_it_finds_itself_and_counts_from_then_on(
    encoder: SentenceTransformerEncoder, recorder: GapRecorder, tmp_path: Path
) -> None:
    index_dir = tmp_path / "index"
    build([make_document("tea")], encoder=encoder, index_dir=index_dir)
    live = LiveAssistant(Assistant.load(index_dir), gaps=recorder)
    build([make_document("tea"), make_document("milk")], encoder=encoder, index_dir=index_dir)
    assert live.look(index_dir)
    recorder.write()
    assert not (tmp_path / "gaps.json").exists()
    assert live.current.counts_gaps


@pytest.mark.parametrize("language", languages())
def test_visitors_are_told_that_subjects_are_counted_when_they_are_and_only_then(
    language: str, assistant: Assistant, recorder: GapRecorder
) -> None:
    counts = wording(language)["privacy.gaps"]
    assert counts in shell_html(assistant.counting(recorder), language, charts=[])
    assert counts not in shell_html(assistant, language, charts=[])


def test_asked_what_it_stores_it_says_that_it_counts(assistant: Assistant, recorder: GapRecorder) -> None:
    assert assistant.ask(["who are you?"]).message == wording("en", SITE)["chat.about"]
    told = assistant.counting(recorder).ask(["who are you?"]).message.split("\n")
    assert told == [wording("en", SITE)["chat.about"], wording()["privacy.gaps"]]


def test_the_widget_tells_it_in_every_language(assistant: Assistant, recorder: GapRecorder) -> None:
    questions = frozenset(question for _, questions in assistant.topics() for question in questions)
    built, telling = WidgetFiles.read(), WidgetFiles.read().telling(is_counting=True, site=SITE, questions=questions)
    assert WidgetFiles.read().telling(is_counting=False) != telling
    assert wording()["privacy.gaps"] in telling.script.decode()
    assert telling.words_hash in telling.script.decode()
    assert telling.words_hash != built.words_hash
    for language, content in telling.words.items():
        text = wording(language)
        assert json.loads(content)["stores"] == f"{text['page.stores']} {text['privacy.gaps']}"
    with TestClient(create_server(LiveAssistant(assistant, gaps=recorder))) as client:
        assert client.get("/widget.js").content == telling.script
        assert client.get(f"/widget-de-{telling.words_hash}.json").content == telling.words["de"]


@pytest.mark.parametrize("language", languages())
def test_the_privacy_page_tells_it_when_subjects_are_counted_and_only_then(
    language: str, assistant: Assistant, recorder: GapRecorder
) -> None:
    told = wording(language)["privacy.gaps"]
    pages = [
        TestClient(create_server(live)).get(f"/privacy?lang={language}").text
        for live in (LiveAssistant(assistant, gaps=recorder), LiveAssistant(assistant))
    ]
    assert [told in html.unescape(page) for page in pages] == [True, False]


# Topics of labelled questions that have one subject on the list.
SUBJECTS = {
    "pregnancy": "Pregnancy and birth",
    "caffeine": "Caffeine",
    "alcohol": "Alcohol",
    "smoking": "Smoking",
    "exercise": "Exercise and sport",
    "children": "Children and teenagers",
    "menopause": "Women's health and hormones",
    "prevalence": "How common it is",
    "genes": "Family and genes",
    "animals": "Animals",
    "magnesium": "Vitamins and minerals",
    "travel": "Work, school and driving",
    "season": "Season and environment",
    "diabetes": "Diabetes and metabolism",
    "COVID": "Infections and vaccines",
    "sleep apnoea": "Other sleep disorders",
    "insurance": "Costs, insurance and law",
    "research": "Research and history",
    "diagnosis": "Tests and diagnosis",
    "cramps": "Pain and cramps",
}


def test_most_labelled_questions_get_their_subject(
    subjects: Topics, assistant: Assistant, encoder: SentenceTransformerEncoder
) -> None:
    folder = PROJECT / "tests" / "questions"
    asked = [
        (SUBJECTS[topic], question.turns)
        for file in (folder / "dev.jsonl", folder / "own" / "not-said.jsonl")
        for question in read_questions(file)
        if question.expect == Kind.UNANSWERED and (topic := question.topic.removeprefix("near: ")) in SUBJECTS
        if question.topic.startswith("near: ") and question.asked_in == "en"
    ]
    assert len(asked) > 90
    reader = QuestionReader(document.text for document in assistant.version.documents.values())
    encodings = encoder.encode([reader.readings(turns[-1]).in_context for _, turns in asked])
    found = [(subjects.of(encoding), subject) for encoding, (subject, _) in zip(encodings, asked, strict=True)]
    placed = [pair for pair in found if pair[0] != SOMETHING_ELSE]
    assert len(placed) >= 0.8 * len(found)  # 0.86 when it was written
    assert sum(got == subject for got, subject in placed) >= 0.6 * len(placed)  # 0.68
