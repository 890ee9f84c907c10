"""assistant/reading/remarks.py: what is told beside a question is left out, unless what is asked needs it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.reading.remarks import without_remarks


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Is it genetic? My gran had it.", "Is it genetic?"),
        ("He is asleep now, that was only cramp. What causes RLS?", "What causes RLS?"),
        ("I'm drowning in leaflets, does folate matter?", "does folate matter?"),
        ("My manager is going to skin me. Does it affect sleep?", "Does it affect sleep?"),
        ("this drives me up the wall, why do legs twitch", "why do legs twitch"),
        ("I have gout. Does iron matter?", "Does iron matter?"),
        ("I would kill for a beer, but does beer matter?", "does beer matter?"),
        ("she has it, is it rare?", "is it rare?"),
    ],
)
def test_what_only_tells_something_is_left_out(text: str, asked: str) -> None:
    assert without_remarks(text) == asked


@pytest.mark.parametrize(
    "text",
    [
        *("I have gout. What causes it?", "My iron is low, is it bad?", "My wife eats ice, can that cause RLS?"),
        *("My son swims every day, does it bring on RLS?", "She takes statins. Do they worsen it?", "It came on. Is it?"),
        *("If I nap in the day, is it worse?", "Apart from my iron, what causes it?", "Since it is rare, why is it?"),
        *("RLS, what is it?", "What is RLS?", "Iron?", "My legs hurt.", "", "I am on statins, is this why?"),
        *(
            "My legs twitch when I sit?",
            "had flu, now my legs. Is there a connection?",
            "I have COPD, do the two go together",
        ),
    ],
)
def test_what_the_question_may_need_stays(text: str) -> None:
    assert without_remarks(text) == text


@given(st.text(max_size=120))
def test_any_text_is_read_without_error(text: str) -> None:
    assert len(without_remarks(text)) <= len(text)
