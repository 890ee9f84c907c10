"""What only sounds grave, grief, and danger that was taken back: `tests/samples/exaggerated.toml` and `taken-back.toml`."""

import tomllib
from typing import Any

import pytest

from assistant.answer import Kind
from assistant.languages import TRIAGE, language_files
from assistant.question import read, spoken_before
from assistant.reading.follow_ups import in_context
from assistant.reading.taking_back import asked_beside
from assistant.triage.urgent import shadow_over, still_in_sight, urgent_help
from settings import PROJECT

SAMPLES = PROJECT / "tests" / "samples"
ENGLISH_BOX = "she's fine, the box was empty"


def sample(name: str, /) -> dict[str, dict[str, Any]]:
    return tomllib.loads((SAMPLES / name).read_text(encoding="utf-8"))


EXAGGERATED, TAKEN_BACK = sample("exaggerated.toml"), sample("taken-back.toml")


def key_of(text: str, /) -> str:
    found = read(text).triage
    return "" if found is None else found.wording


def test_every_language_is_tried() -> None:
    assert EXAGGERATED.keys() == TAKEN_BACK.keys() == language_files(TRIAGE).keys() - {"emoji"}


@pytest.mark.parametrize("language", EXAGGERATED)
@pytest.mark.parametrize(("name", "key"), [("hard", "chat.hard"), ("tired", "chat.tired"), ("grief", "chat.more")])
def test_an_exaggeration_or_a_grief_is_answered_kindly(language: str, name: str, key: str) -> None:
    said = EXAGGERATED[language][name]
    assert {text: key_of(text) for text in said} == dict.fromkeys(said, key)


@pytest.mark.parametrize("language", EXAGGERATED)
def test_no_rule_takes_an_exaggeration_inside_a_message_for_danger(language: str) -> None:
    assert [text for text in EXAGGERATED[language]["inside"] if read(text).help_key] == []


@pytest.mark.parametrize("language", EXAGGERATED)
def test_grief_gets_a_kind_word(language: str) -> None:
    assert [text for text in EXAGGERATED[language]["grief"] if not read(text).is_distressed] == []


@pytest.mark.parametrize("language", EXAGGERATED)
def test_danger_said_with_a_laugh_or_in_slang_is_danger(language: str) -> None:
    assert [text for text in EXAGGERATED[language]["danger"] if read(text).help_key is None] == []


@pytest.mark.parametrize(
    "text",
    [
        "why do my legs drive me mad at night",
        "do these legs drive people mad?",
        "my dad died of kidney failure, is that linked?",
        "i want to cut my legs off and bleed to death lol",
        "was ist der sinn von eisen",
    ],
)
def test_what_asks_or_may_be_danger_is_no_small_talk(text: str) -> None:
    assert not key_of(text).startswith("chat.")


@pytest.mark.parametrize(
    "text",
    [
        "what's the point of taking iron any more",
        "i don't see the point of measuring ferritin any more",
        "no le veo sentido al hierro",
        "je ne vois pas l'intérêt",
        "もう鉄剤は意味がない",
        "har käkat järntabletter i en månad",
        "doktor bi kutu ilac verdi",
        "bi kutu ilac aldim eczaneden, demir icin",
        "wzięłam dwie tabletki żelaza",
        "lekarz przepisał mi całe opakowanie tabletek",
    ],
)
def test_everyday_words_of_medicine_and_sense_are_no_danger(text: str) -> None:
    assert read(text).help_key is None


def test_a_word_of_another_script_is_not_found_inside_a_latin_one() -> None:
    assert not read("quem faz hemodialise tem mais?").is_distressed


@pytest.mark.parametrize(
    "text",
    [
        "it's three in the morning and I can't make my legs stop. what is happening to me",
        "cant stop my legs moving, whats happening to me",
        "my legs wont stop jumping what the hell is wrong with me",
    ],
)
def test_a_fright_about_legs_at_night_gets_a_kind_word(text: str) -> None:
    question = read(text)
    assert question.is_distressed
    assert question.help_key is None


@pytest.mark.parametrize(
    "text",
    ["me da siempre en la noche, por que sera", "sempre me dá à noite", "ça me prend toujours la nuit", "es kommt nachts"],
)
def test_an_everyday_complaint_is_known(text: str) -> None:
    assert read(text).is_everyday


@pytest.mark.parametrize("language", TAKEN_BACK)
def test_what_is_asked_beside_taking_back_is_found(language: str) -> None:
    said = TAKEN_BACK[language]
    assert all(read(text).takes_back for text in said)
    assert {text: asked_beside(text) for text in said} == said


@pytest.mark.parametrize("text", ["does it get worse?", "I feel fine now", "never mind", "i want to die", "why me"])
def test_what_takes_nothing_back(text: str) -> None:
    assert not read(text).takes_back


def test_danger_taken_back_is_near_no_more_until_it_is_told_again() -> None:
    turns = ["my daughter swallowed my pills", ENGLISH_BOX, "why me"]
    shadow = shadow_over(list(map(read, turns)), lambda _: Kind.UNANSWERED)
    assert shadow is not None
    assert (shadow.key, shadow.is_near, shadow.is_taken_back) == ("urgent.poison", False, True)
    again = shadow_over(list(map(read, [*turns, "i want to die"])), lambda _: Kind.UNANSWERED)
    assert again is not None
    assert (again.key, again.is_near, again.is_taken_back) == ("urgent.crisis", True, False)


def test_the_reminder_of_a_poisoning_is_short_once_it_was_taken_back() -> None:
    whole = still_in_sight("urgent.poison", "en", region="GB")
    short = still_in_sight("urgent.poison", "en", region="GB", is_taken_back=True)
    assert len(short[0]) < len(whole[0])
    assert short[1:] == whole[1:]


def test_help_without_an_index_is_in_the_language_of_danger() -> None:
    found = urgent_help("har svalt en massa piller")
    assert found is not None
    assert found.message.startswith("Ring")


def test_help_is_in_the_language_spoken_before_where_a_few_words_tell_none() -> None:
    assert spoken_before(["Warum zucken meine Beine abends so?", "overdose"], "en") == "de"
    assert spoken_before(["why do legs twitch", "overdose"], "sv") == "sv"
    assert spoken_before(None, "en") == "en"


def test_grief_explains_what_is_said_after_it() -> None:
    told, said = read("My wife died in March."), read("I'm going to be with them soon.")
    assert in_context(said, [told]).before == told.text


def test_grief_alone_hides_no_guess_of_danger() -> None:
    assert not read("My husband died in February and since then the nights are just me").is_known
    assert read("I am so tired of fighting this every night").is_known


def test_a_grandparent_named_in_a_question_gets_no_kind_word() -> None:
    assert not read("mi abuelo murió de un infarto, esto es hereditario").is_distressed
    assert read("my gran died last week").is_distressed


@pytest.mark.parametrize(
    "text",
    [
        "ich habe vor zehn jahren rls bekommen und will heute sterben",
        "vor zwei jahren starb meine frau und jetzt habe ich alle tabletten geschluckt",
        "im film gestern sprang einer und ich will mich jetzt auch umbringen",
        "hace diez años que tengo esto y quiero morir",
        "en 2015 empezó y hoy me voy a quitar la vida",
        "il y a dix ans que je souffre et je veux mourir",
        "en 2015 ça a commencé et ce soir je vais me tuer",
        "dieci anni fa è iniziato e adesso voglio morire",
        "due anni fa è morta mia moglie e ho preso tutte le pastiglie",
        "dez anos atras começou e agora quero morrer",
        "tien jaar geleden begon het en nu wil ik dood",
        "för tio år sedan började det och nu vill jag dö",
        "dziesięć lat temu się zaczęło i teraz chcę umrzeć",
        "on yıl önce başladı ve şimdi ölmek istiyorum",
        "десять лет назад началось и теперь я хочу умереть",
        "десять років тому почалося і тепер хочу померти",
        "بدأ قبل عشر سنوات والان اريد ان اموت",
        "दस साल पहले शुरू हुआ और अब मरना चाहता हूं",
        "das saal pehle shuru hua aur ab marna chahta hu",
        "十年前开始的现在我想死",
        "十年前开始的，现在我不想活了",
        "十年前に始まってもう死にたい",
        "10年前からで、今日薬を全部飲んだ",
    ],
)
def test_danger_now_is_danger_by_rule_beside_what_is_told_of_years_ago_or_of_a_film(text: str) -> None:
    assert read(text).help_key is not None
