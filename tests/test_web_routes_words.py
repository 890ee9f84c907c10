"""Whom to call, in page and widget: in every box without an answer, before it where danger was told of, and after danger."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from assistant.languages.wording import languages, wording
from assistant.web.gate.body import LARGEST_BODY
from assistant.web.routes.words import urgent_phrases
from tests.browsers import THREE, TIRED, UNKNOWN, URGENT, PageServer, serving
from tests.faces import EXPOSED, FACES, JSON, LOST, Face, calls, open_face
from tests.host_site import HostSite, host_page, host_site
from tests.widget_pages import WIDGET, open_host, open_panel

CALLS = ["tel:999", "tel:116123", "tel:111"]  # of Great Britain: emergency, crisis, poison
HELP = "I think I took all my pills"
GIVEN_UP_AFTER = 15_500  # ms, a little over `asking.js`


@pytest.fixture(scope="module")
def server(real_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageServer]:
    folder = tmp_path_factory.mktemp("help")
    command = ["-m", "tests.rehearsed_server"]
    with serving(command, index_dir=real_index, feedback_file=folder / "feedback.jsonl", REGION="GB") as server:
        yield server


@pytest.fixture(scope="module")
def site() -> Iterator[HostSite]:
    with host_site() as site:
        yield site


@pytest.fixture(params=FACES)
def face(request: pytest.FixtureRequest, browser: Browser, server: PageServer, site: HostSite) -> Iterator[Face]:
    with open_face(request.param, browser, server, site) as face:
        yield face


def words_of(place: Locator) -> str:
    """What stands there, whatever its paragraphs are."""
    return " ".join(place.inner_text().split())


def test_whatever_comes_in_place_of_an_answer_the_box_says_whom_to_call(face: Face) -> None:
    for what, (status, body, headers) in LOST.items():
        face.answer(status, body, headers)
        face.ask(UNKNOWN)
        expect(face.root.locator("[data-kind=problem]"), what).to_have_count(1)
        assert (what, calls(face.root.locator("[data-kind=problem] .help"))) == (what, CALLS)
        assert wording()["urgent.in_case"] in face.root.locator("[data-kind=problem] .help").inner_text()
        face.box.fill("")


def test_a_question_that_is_too_long_is_sent_whole_and_its_box_says_whom_to_call(face: Face) -> None:
    question = "word " * 300 + "end"
    face.ask(question)
    problem = face.root.locator("[data-kind=problem]")
    problem.wait_for()
    assert face.sent == [[question]]
    assert wording()["page.too_long"].format(limit="1,000") in problem.inner_text()
    assert calls(problem.locator(".help")) == CALLS
    expect(problem.locator("a[href='tel:999']")).to_be_in_viewport()


@pytest.mark.parametrize("face", ["page", "widget"], indirect=True)
def test_an_answer_that_never_comes_is_given_up_and_the_box_says_whom_to_call(face: Face) -> None:
    face.page.clock.install()
    face.page.evaluate("AbortSignal.timeout = () => AbortSignal.abort()")  # time itself: it cannot be made to run faster
    face.page.route("**/api/ask", lambda _: None)
    face.ask(UNKNOWN)
    face.root.locator("[data-kind=pending]").wait_for()
    face.page.clock.fast_forward(GIVEN_UP_AFTER)
    face.root.locator("[data-kind=problem]").wait_for()
    assert calls(face.root.locator("[data-kind=problem] .help")) == CALLS


def test_danger_in_what_is_lost_brings_urgent_help_before_what_went_wrong(face: Face) -> None:
    for what in ("no connection", "too many questions", "a server that starts", "a body that is too large"):
        face.answer(*LOST[what])
        face.ask(HELP)
        face.root.locator("[data-kind=problem]").wait_for()
        first = face.root.locator(".reply:not([data-kind=pending])").first
        assert (what, first.get_attribute("data-kind")) == (what, "urgent")
        assert wording()["urgent.unsure"] in words_of(first)
        buttons = first.locator(".calls")  # of the page; in the widget the lines say it
        assert calls(buttons if buttons.count() else first)[-3:] == CALLS
        assert calls(face.root.locator("[data-kind=problem] .help:visible")) == []  # they stand right above
        face.box.fill("")


@pytest.mark.parametrize("face", ["page"], indirect=True)
def test_urgent_help_of_the_pages_own_is_an_alert_and_what_went_wrong_is_no_second_one(face: Face) -> None:
    face.refuse()
    face.ask(HELP)
    face.root.locator("[data-kind=problem]").wait_for()
    assert face.page.get_by_role("alert").count() == 1
    assert wording()["urgent.unsure"] in words_of(face.page.get_by_role("alert"))


def test_danger_told_of_earlier_is_remembered_when_a_later_question_is_lost(face: Face) -> None:
    face.refuse()
    face.ask(HELP)
    face.root.locator("[data-kind=problem]").wait_for()
    face.ask(UNKNOWN)
    expect(face.root.locator(".asked, .ask").last).to_have_text(UNKNOWN)
    face.root.locator("[data-kind=problem]").wait_for()
    assert wording()["urgent.unsure"] in words_of(face.root.locator(".reply").first)


def test_after_an_urgent_answer_a_lost_question_gets_urgent_help_though_it_says_nothing_of_it(face: Face) -> None:
    face.ask(URGENT)
    face.root.locator(".reply[data-kind=urgent]").wait_for()
    face.refuse()
    face.ask("ok")
    face.root.locator("[data-kind=problem]").wait_for()
    assert face.root.locator("[data-kind=urgent]").count() == 2


@pytest.mark.parametrize("face", ["page", "widget"], indirect=True)
def test_without_danger_a_lost_question_alarms_nobody(face: Face) -> None:
    face.refuse()
    for question in (UNKNOWN, "I am dead tired and my legs are killing me"):
        face.ask(question)
        face.root.locator("[data-kind=problem]").wait_for()
        assert face.root.locator("[data-kind=urgent]").count() == 0
        assert not face.bar.is_visible()


@pytest.mark.parametrize("face", ["page"], indirect=True)
def test_the_page_knows_the_plainest_phrases_of_every_language_whatever_its_own_is(face: Face) -> None:
    face.refuse()
    for language in languages():
        face.ask(f"… {urgent_phrases()[language][0].upper()} …")
        expect(face.root.locator("[data-kind=problem]"), language).to_have_count(1)
        assert (language, face.root.locator(".reply[data-kind=urgent]").count()) == (language, 1)
        face.page.locator("[data-control=clear]").click()


@pytest.mark.parametrize("language", languages())
def test_the_widget_knows_the_plainest_phrases_of_its_language(
    browser: Browser, server: PageServer, site: HostSite, language: str
) -> None:
    page = open_host(browser, site.put(f"/{language}", host_page(server.url, f"data-lang={language}")))
    box = open_panel(page)
    page.route("**/api/ask", lambda route: route.fulfill(status=429, body=JSON, headers={**EXPOSED, "Retry-After": "7"}))
    box.fill(f"… {urgent_phrases()[language][-1].upper()} …")
    box.press("Enter")
    help_ = page.locator(f"{WIDGET} .failed .reply[data-kind=urgent]")
    help_.wait_for()
    assert wording(language)["urgent.unsure"] in help_.inner_text()
    assert f"{wording(language)['urgent.number']}: 999" in help_.inner_text()
    page.context.close()


@pytest.mark.parametrize("face", ["page", "widget"], indirect=True)
def test_while_one_waits_for_a_slow_answer_urgent_help_is_there_already(face: Face) -> None:
    face.page.route("**/api/ask", lambda _: None)
    face.ask(HELP)
    face.root.locator(".reply[data-kind=urgent]").wait_for()
    expect(face.root.locator("a[href='tel:999']:visible").first).to_be_in_viewport()


def test_after_urgent_help_whom_to_call_stays_in_sight_whatever_is_asked_then(face: Face) -> None:
    assert not face.bar.is_visible()
    face.ask(URGENT)
    face.root.locator(".reply[data-kind=urgent]").wait_for()
    for question, kind in ((THREE, "answer"), (UNKNOWN, "unanswered"), ("hello", "chat")):
        face.ask(question)
        face.root.locator(f".reply[data-kind={kind}]").wait_for()
        expect(face.bar.locator("a[href='tel:999']")).to_be_in_viewport()
        assert calls(face.bar) == CALLS[:2]
    assert face.bar.count() == 1


@pytest.mark.parametrize("face", ["page"], indirect=True)
def test_what_stays_in_sight_speaks_the_language_chosen_and_goes_when_the_conversation_is_cleared(face: Face) -> None:
    face.ask(URGENT)
    face.root.locator(".reply[data-kind=urgent]").wait_for()
    said = face.root.locator(".reply[data-kind=urgent]").inner_text()
    face.page.get_by_label("Language").select_option("de")
    face.page.locator(".app[lang=de]").wait_for()
    assert f"{wording('de')['urgent.number']}: 999" in face.bar.inner_text()
    assert wording("de")["page.kind_urgent"] in face.root.locator(".reply[data-kind=urgent]").inner_text() != said
    face.page.locator("[data-control=clear]").click()
    assert not face.bar.is_visible()


def test_a_gentle_word_stands_above_the_answer_and_its_line_can_be_called(face: Face) -> None:
    face.ask(TIRED)
    face.root.locator(".reply[data-kind=answer]").wait_for()
    care = face.root.locator(".reply > :first-child")
    assert care.get_attribute("class") == "care"
    lines = [wording()["gentle.message"], wording()["gentle.offer"], "Samaritans: 116 123"]
    assert [line.inner_text() for line in care.locator("p").all()] == lines
    assert calls(care) == ["tel:116123"]
    assert face.root.locator(".reply .message").inner_text() == wording()["answer.several"]
    assert not face.bar.is_visible()


def test_all_turns_are_sent_and_of_lost_ones_those_that_told_of_danger(face: Face) -> None:
    face.refuse()
    for question in ("Lost and harmless", HELP):
        face.ask(question)
        expect(face.root.locator(".asked, .ask").last).to_have_text(question)
        face.root.locator("[data-kind=problem]").wait_for()
    face.let_through()
    asked = [HELP]
    for number in range(12):
        face.ask(f"Quote the rows {number}")
        asked.append(f"Quote the rows {number}")
        expect(face.root.locator(".reply[data-kind=answer]")).to_have_count(number + 1)
        assert face.sent[-1] == asked


def test_a_lost_question_that_is_asked_again_is_sent_once(face: Face) -> None:
    face.refuse()
    face.ask(HELP)
    face.root.locator("[data-kind=problem]").wait_for()
    face.let_through()
    face.root.get_by_role("button", name=wording()["page.retry"]).or_(
        face.root.get_by_role("button", name="Send")
    ).first.click()
    expect(face.root.locator("[data-kind=problem]")).to_have_count(0)
    face.root.locator(".reply[data-kind=urgent]").wait_for()
    assert face.sent == [[HELP], [HELP]]


@pytest.mark.parametrize("face", ["page", "widget"], indirect=True)
def test_more_than_the_server_reads_is_sent_by_its_beginning_and_its_end(face: Face) -> None:
    face.ask(f"The beginning. {'x' * 100_000} I have decided to end my life tonight")
    face.root.locator(".reply:not([data-kind=pending])").first.wait_for()
    (turns,) = face.sent
    assert turns[0].startswith("The beginning. xxx")
    assert turns[0].endswith("end my life tonight")
    assert 29_000 < len(turns[0]) < LARGEST_BODY
    assert (
        face.root.locator("[data-kind=problem]").count() == 0
        or "1,000" in face.root.locator("[data-kind=problem]").inner_text()
    )
