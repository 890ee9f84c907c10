"""assistant/reading/parts.py: halves of a question, what it excludes, and questions for what does not do something."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.reading.parts import (
    LONGEST,
    Excluding,
    alternatives,
    asked_of_each,
    asked_of_listed,
    asks_what_does_not,
    asks_what_it_causes,
    completed,
    excluding,
    halves,
    says_what_it_causes,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Why does low iron cause it and what should I take?", ("Why does low iron cause it", "what should I take?")),
        ("What is RLS? Can I take iron?", ("What is RLS", "Can I take iron?")),
        ("What causes it, and is it inherited?", ("What causes it", "is it inherited?")),
        ("Is it common and who gets it?", ("Is it common", "who gets it?")),
        ("How does dopamine matter; what lowers it?", ("How does dopamine matter", "what lowers it?")),
        ("Which drugs worsen it and should I stop mine?", ("Which drugs worsen it", "should I stop mine?")),
        ("Does iron matter? And why?", ("Does iron matter", "why?")),
        ("Does coffee matter? Why? How much is too much?", ("Does coffee matter", "Why", "How much is too much?")),
        ("What is ferritin and then what is dopamine?", ("What is ferritin", "what is dopamine?")),
        ("Can it be cured and if so, how?", ("Can it be cured", "how?")),
        ("My legs hurt. What causes it? Can I take iron?", ("What causes it", "Can I take iron?")),
        ("Hello, what is it and why do I have it?", ("Hello, what is it", "why do I have it?")),
        ("what lowers iron so why do legs twitch", ("what lowers iron", "why do legs twitch")),
        ("Is RLS genetic? Will my kids get it?", ("Is RLS genetic", "Will my kids get it?")),
        ("When does it start, but why at night?", ("When does it start", "why at night?")),
        ("What is WED, is it rare, and who gets it?", ("What is WED", "is it rare", "who gets it?")),
        ("How do they differ, and in what order do they come?", ("How do they differ", "in what order do they come?")),
    ],
)
def test_questions_that_follow_each_other_are_halves(text: str, expected: tuple[str, ...]) -> None:
    assert halves(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("What causes RLS?", "Why is it worse at night and in the evening?", "Iron and dopamine", "", "?"),
        *(
            "My legs hurt and I cannot sleep",
            "Can iron and B12 help?",
            "Is it iron or dopamine?",
            "Is it iron or is it tea?",
        ),
        *("My legs hurt. What causes it?", "What is it called, RLS or WED?", "RLS, what is it?", "Tell me what causes it"),
        *("Which drugs, such as tricyclics, worsen it?", "Who can say why it is worse"),
        *("What happens when kidneys fail and dialysis is needed?", "What is it, when nerves are damaged?"),
    ],
)
def test_one_question_has_no_halves(text: str) -> None:
    assert halves(text) == ()


@pytest.mark.parametrize(
    ("text", "asked", "without"),
    [
        ("What causes RLS apart from iron?", "What causes RLS", "iron"),
        ("Besides iron, what causes RLS?", "what causes RLS?", "iron"),
        ("What else than low iron causes it?", "What causes it?", "low iron"),
        ("What causes it other than dialysis?", "What causes it", "dialysis"),
        ("Aside from coffee what triggers it?", "what triggers it?", "coffee"),
        ("Which causes are there except for pregnancy?", "Which causes are there", "pregnancy"),
        ("My iron is fine, what else causes it?", "what else causes it?", "iron"),
        ("If it is not the iron, what causes it?", "what causes it?", "iron"),
        ("It's not my iron, so what is it?", "what is it?", "iron"),
        ("I do not take antihistamines, what else triggers it?", "what else triggers it?", "antihistamines"),
        ("I have no kidney failure. What else causes it?", "What else causes it?", "kidney failure"),
        ("Are there causes that are not iron?", "Are there causes", "iron"),
        ("What are the causes of RLS not to do with dopamine?", "What are the causes of RLS", "dopamine"),
        ("Which non-iron causes are there?", "causes are there?", "iron"),
        ("What else triggers it, not counting coffee and tea?", "What else triggers it", "coffee and tea"),
    ],
)
def test_a_question_is_read_without_what_it_excludes(text: str, asked: str, without: str) -> None:
    assert excluding(text) == Excluding(asked, without)


@pytest.mark.parametrize(
    "text",
    [
        *("What causes RLS?", "Is iron the cause?", "Why is it not known?", "What else causes it?", ""),
        *("Which medicines do not cause it?", "My iron is low, what else?", "Does it affect other people?"),
        *("I do not sleep, what helps?", "I take iron, what else can I do?", "Can anything be done?"),
        *("Is the cause unknown?", "Are the others worse?", "What are the reasons for it?"),
        "My legs are fine in the morning, why?",
        f"What causes it apart from {'a' * (LONGEST + 1)}?",
    ],
)
def test_a_question_that_excludes_nothing_is_none(text: str) -> None:
    assert excluding(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *("Which medicines do not cause it?", "What does not trigger RLS?", "which drugs don't worsen it"),
        *("Which antihistamines are safe and do not make it worse?", "Are there medicines that won't aggravate it?"),
        *("Name drugs that do not affect dopamine.", "Is there an antidepressant that never triggers it?"),
        *("Any pills that dont cause restless legs?", "what foods are not linked to it", "Which vitamins are not involved?"),
        *("What medicine can't set it off?", "Which conditions do not lead to RLS?"),
        *("which drugs never interfere with dopamine", "Which of them does not usually bring it on?"),
        "What is not associated with RLS?",
    ],
)
def test_who_asks_which_do_not_is_understood(text: str) -> None:
    assert asks_what_does_not(text)


@pytest.mark.parametrize(
    "text",
    [
        *("Why do they not know the cause?", "Which medicines cause it?", "What causes RLS?", "Does iron not matter?"),
        *("Why does it not stop?", "What if I do not sleep?", "Is it not caused by iron?", "iron", ""),
        *("What causes it when I am not having tea?", "Is there a way to tell why I am not affected?"),
        *("My doctor does not have a name for it", "Which drugs worsen it? I do not have any.", "What should I do now?"),
        *("Are there people who note symptoms that start at night?", "Which notable drugs cause it?"),
        "Which is worse, night or day?",
    ],
)
def test_who_asks_which_do_is_not_taken_for_that(text: str) -> None:
    assert not asks_what_does_not(text)


@given(st.text(max_size=120))
def test_any_text_is_read_without_error(text: str) -> None:
    assert all(half and half == half.strip() and half in text for half in halves(text))
    assert len(halves(text)) != 1
    if (found := excluding(text)) is not None:
        assert 0 < len(found.without) <= LONGEST
    assert asks_what_does_not(text) in {True, False}


@pytest.mark.parametrize(
    ("text", "missing", "asked"),
    [
        ("B12 and caffeine?", "caffeine", ("B12?", "caffeine?")),
        ("is it caused by stress or iron", "stress", ("is it caused by iron", "is it caused by stress")),
        ("iron, alcohol", "alcohol", ("iron", "alcohol")),
        ("do they cause it & iron, too", "alcohol", ()),
        ("wine and rls", "wine", ()),
        ("poor circulation rls", "circulation", ()),
        ("is there a link between iron and caffeine", "caffeine", ()),
        ("can iron and coffee be taken together", "coffee", ()),
        ("does tea, iron or wine matter", "tea", ("does iron matter", "does wine matter", "does tea matter")),
    ],
)
def test_what_is_asked_of_two_things_is_asked_of_each(text: str, missing: str, asked: tuple[str, ...]) -> None:
    assert asked_of_each(text, missing, {"iron", "b12"}.__contains__) == asked


CONDITION = {"RLS", "rls", "restless legs", "Restless Legs Syndrome"}.__contains__


@pytest.mark.parametrize(
    "text",
    [
        "Does RLS cause kidney failure?",
        "can restless legs lead to anemia",
        "Can Charcot-Marie-Tooth be caused by RLS?",
        "Does low ferritin result from RLS",
    ],
)
def test_what_the_condition_causes_is_known(text: str) -> None:
    assert asks_what_it_causes(text, CONDITION)


@pytest.mark.parametrize(
    "text",
    [
        "Does kidney failure cause RLS?",
        "Is RLS caused by low iron?",
        "Does RLS cause bad sleep?",
        "Does RLS cause leg movements",
        "What causes RLS?",
    ],
)
def test_what_causes_the_condition_and_its_own_complaints_are_something_else(text: str) -> None:
    assert not asks_what_it_causes(text, CONDITION)


def test_a_sentence_that_says_what_the_condition_causes_is_known() -> None:
    assert says_what_it_causes("Restless Legs Syndrome can lead to low mood.", CONDITION)
    assert not says_what_it_causes("Low iron can lead to RLS.", CONDITION)


SUBJECTS = {"iron", "b12", "ferritin", "deficiency", "dialysis", "primary", "secondary"}.__contains__


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("Can iron help", "and what about zinc?"), ("Can iron help", "Can zinc help")),
        (("Does ferritin matter", "does low iron too?"), ("Does ferritin matter", "Does low iron matter")),
        (("Is iron bad", "is it common?"), ("Is iron bad", "is it common?")),
        (("What is RLS", "what about tea?"), ("What is RLS", "what about tea?")),
        (
            ("How do primary and secondary differ", "when does either one start?"),
            ("How do primary and secondary differ", "when does primary start?", "when does secondary start?"),
        ),
        (tuple("abcdef"), tuple("abcd")),
    ],
)
def test_a_shortened_question_is_said_in_the_words_of_the_one_before_it(
    parts: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert completed(parts, SUBJECTS) == expected


def test_of_each_thing_in_a_list_it_is_asked_whether_it_is_a_cause() -> None:
    asked = ("can stress cause it?", "can low iron cause it?", "can wine cause it?")
    assert asked_of_listed("What can trigger it: stress, low iron, or wine?") == asked
    assert asked_of_listed("Which of them is not linked with RLS - stress, low iron and wine") == asked


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Which of these is cheap: tea, wine?",
            "What causes RLS?",
            "My question: what causes it, iron?",
            "Which cause: iron?",
        ),
        "Which of these causes it: the one that my very old doctor named, or tea?",
    ],
)
def test_what_lists_nothing_or_asks_for_no_cause_is_not_asked_of_each(text: str) -> None:
    assert asked_of_listed(text) == ()


def test_a_question_about_one_thing_or_another_is_asked_of_both() -> None:
    assert alternatives("is it due to dialysis or iron deficiency", SUBJECTS) == (
        "is it due to dialysis?",
        "is it due to iron deficiency?",
    )


@pytest.mark.parametrize(
    "text",
    ["iron or B12?", "is it iron or is it tea", "is it iron or tea", "what is the difference of iron or B12", "Is it iron?"],
)
def test_what_is_no_choice_of_two_known_things_has_no_alternatives(text: str) -> None:
    assert alternatives(text, SUBJECTS) == ()
