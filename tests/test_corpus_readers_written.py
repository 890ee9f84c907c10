"""Documents are built from known sentences, in every format, and read back: nothing differs without a doubt.

Kinds of loss that this guards against: a "not", a number, a list item or a cell that is gone, or stands elsewhere.
"""

from pathlib import PurePath

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from corpus.readers import Draft, read_bytes
from tests.written_documents import TITLE, WRITERS, Part

# A failing document is told as it was made: to make it smaller, and to trace what reads it, would take a quarter of an hour.
PHASES = (Phase.explicit, Phase.generate)
NOT = st.sampled_from(["not ", "", "never "])
PLAIN_NUMBERS = [
    st.integers(1, 999).map(str),
    st.decimals(0, 90, places=1).map(str),
    st.sampled_from(["1,500", "< 0.5", "50 %"]),
]


def written_parts(numbers: st.SearchStrategy[str], /) -> st.SearchStrategy[list[Part]]:
    """Documents whose sentences, items and cells hold such numbers."""
    sentences = st.one_of(
        st.builds("Do {}take {} tablets of iron before you have had a test of your blood.".format, NOT, numbers),
        st.builds("A ferritin of {} µg/L is {}low in people whose legs are restless at night.".format, numbers, NOT),
        st.builds("In {} of {} people it was {}the coffee.".format, numbers, numbers, NOT),
        st.builds("Restless legs are {}caused by iron alone (see page {}).".format, NOT, numbers),
    )
    items = st.one_of(
        st.builds("under {} years old".format, numbers),
        st.builds("{}pregnant".format, NOT),
        st.builds("allergic to {} mg of iron".format, numbers),
        st.just("on dialysis"),
    )
    cells = st.one_of(numbers, st.builds("{} mg".format, numbers), st.just("none"))
    rows = st.lists(st.tuples(st.sampled_from(["Women", "Men", "Children"]), cells, cells), min_size=2, max_size=4)
    part = st.builds(
        Part,
        heading=st.sampled_from(["What lowers iron", "Numbers", "Who should ask first"]),
        paragraphs=st.lists(st.lists(sentences, min_size=1, max_size=3).map(" ".join), min_size=1, max_size=3).map(tuple),
        lead=st.just("Do not take it if you are:"),
        items=st.lists(items, min_size=2, max_size=4, unique=True).map(tuple),
        rows=st.one_of(st.just(()), rows.map(lambda found: (("Group", "Low value", "High value"), *found))),
    )
    return st.lists(part, min_size=1, max_size=3)


def differences(parts: list[Part], draft: Draft, *, has_paragraphs: bool = True) -> list[str]:
    """What of the parts is not in the draft as it was written, in their order."""
    paragraphs = draft.text.split("\n\n")
    among = paragraphs if has_paragraphs else " ".join(paragraphs)
    missing = [text for part in parts for text in part.paragraphs if text not in among]
    for part in parts:
        lists = [text for text in paragraphs if text.startswith(part.lead)]
        missing += [item for item in part.items if not any(item in text for text in [*lists, *paragraphs])]
        for row in part.rows[1:]:
            wanted = [row[0], *(f"{name} — {cell}" for name, cell in zip(part.rows[0][1:], row[1:], strict=True))]
            missing += [] if any(all(one in text for one in wanted) for text in paragraphs) else [" | ".join(row)]
    return missing


def assert_nothing_differs(parts: list[Part], ending: str) -> None:
    draft = read_bytes(WRITERS[ending](parts), PurePath(f"article{ending}"))
    assert draft.title == TITLE
    found = differences(parts, draft, has_paragraphs=ending != ".pdf")  # a PDF of few lines does not tell them apart
    assert not found or draft.doubts, (found, draft.text)


@pytest.mark.parametrize("ending", [".docx", ".odt", ".rtf", ".epub"])
@settings(max_examples=10, deadline=None, derandomize=True, phases=PHASES, suppress_health_check=[HealthCheck.too_slow])
@given(parts=written_parts(st.one_of(*PLAIN_NUMBERS, st.sampled_from(["15–150", "≥ 75", "10⁹", "−2"]))))
def test_nothing_of_a_written_document_differs_without_a_doubt(ending: str, parts: list[Part]) -> None:
    assert_nothing_differs(parts, ending)


@settings(max_examples=12, deadline=None, derandomize=True, phases=PHASES, suppress_health_check=[HealthCheck.too_slow])
@given(parts=written_parts(st.one_of(PLAIN_NUMBERS)))
def test_nothing_of_a_written_pdf_differs_without_a_doubt(parts: list[Part]) -> None:
    assert_nothing_differs(parts, ".pdf")


PLAIN = [
    Part("Causes", ("Iron is low. It is not the only cause.",), "Signs are:", ("an urge to move", "worse at rest")),
    Part("Values", ("Below 75 µg/L it may matter.",)),
]


@pytest.mark.parametrize("ending", WRITERS)
def test_a_plain_document_reads_the_same_in_every_format_and_raises_no_doubt(ending: str) -> None:
    draft = read_bytes(WRITERS[ending](PLAIN), PurePath(f"article{ending}"))
    assert draft.doubts == ()
    assert draft.text.split("\n\n") == [
        TITLE,
        "Causes",
        "Iron is low. It is not the only cause.",
        "Signs are: an urge to move; worse at rest.",
        "Values",
        "Below 75 µg/L it may matter.",
    ]
    assert [section.heading for section in draft.sections] == ["Causes", "Values"]
