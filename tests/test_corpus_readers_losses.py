"""What a file shows and its text lacks is a doubt, whichever reader made the text; what came out whole is none."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.readers.losses import Piece, losses


def sentences(*pieces: tuple[str, str], text: str) -> list[str]:
    return [doubt.sentence for doubt in losses([Piece(*piece) for piece in pieces], text)]


@pytest.mark.parametrize(
    ("kind", "seen", "text"),
    [
        (
            "paragraph",
            "Iron is needed by the cells that make dopa-\nmine.",
            "Iron is needed by the cells that make dopamine.",
        ),
        ("list item", "pregnant, and", "Not if you are: pregnant; under age."),
        ("cell", "below  15", "Women: Low — below 15."),
        ("paragraph", "About 10 9 cells a litre", "About 10⁹ cells a litre"),
        ("paragraph", "About 10⁹ cells", "About 10^9 cells"),
        ("heading", "WHAT HELPS", "What helps"),
        ("paragraph", "ﬁve µg – “now”", "five μg - 'now'"),
    ],
)
def test_what_came_out_in_another_setting_is_no_loss(kind: str, seen: str, text: str) -> None:
    assert sentences((kind, seen), text=text) == []


@pytest.mark.parametrize(
    ("seen", "text"),
    [
        ("It is not safe.", "It is safe."),
        ("Below 75 it helps.", "Below 7512 it helps."),
        ("Below −5 degrees.", "Below 5 degrees."),
        ("About 10 9 cells.", "About 109 cells."),
        ("Values <75 are low.", "Values 75 are low."),
        ("Take 0.5 mg.", "Take 5 mg."),
        ("It costs 5 %.", "It costs 5."),
    ],
)
def test_a_number_a_sign_or_a_negation_that_differs_is_named_with_its_sentence(seen: str, text: str) -> None:
    assert seen in sentences(("paragraph", f"Tea is hot. {seen}"), text=f"Tea is hot. {text}")


def test_an_item_that_stands_twice_and_came_out_once_is_missed() -> None:
    doubts = losses([Piece("cell", "no"), Piece("cell", "yes"), Piece("cell", "no")], "no; yes")
    assert [doubt.reason for doubt in doubts] == [
        "“no” stands in the text less often than in the file; first in the cell:",
    ]


def test_a_short_item_is_not_found_in_another_part_of_a_long_text() -> None:
    pieces = [Piece("paragraph", "word " * 2_000), Piece("heading", "Numbers"), Piece("cell", "seven")]
    assert [doubt.place for doubt in losses(pieces, f"seven {'word ' * 2_000}\n\nNumbers")] == ["under “Numbers”"]


def test_a_number_that_the_file_does_not_hold_is_named() -> None:
    (doubt,) = losses([Piece("paragraph", "About 10 cells and 3.5 more")], "About 10 cells and 3.5 more, or 103.5")
    assert "the number 103.5" in doubt.reason


def test_a_file_of_which_nothing_came_out_gives_few_doubts() -> None:
    doubts = losses([Piece("list item", f"item {'x' * n}") for n in range(1, 400)], "Something else.")
    assert len(doubts) == 101
    assert "more places" in doubts[-1].reason


words = st.lists(st.sampled_from("iron legs not never no 75 0.5 1,000 night rest".split()), min_size=1, max_size=8).map(
    " ".join
)


@settings(max_examples=200)
@given(st.lists(words, min_size=1, max_size=6), st.data())
def test_a_piece_that_is_left_out_never_goes_unnoticed(texts: list[str], data: st.DataObject) -> None:
    pieces = [Piece("list item", text) for text in texts]
    assert losses(pieces, "; ".join(texts)) == ()
    lost = data.draw(st.integers(0, len(texts) - 1))
    rest = "; ".join(text for at, text in enumerate(texts) if at != lost)
    if f" {texts[lost]} " not in f" {rest.replace(';', '')} ":
        assert losses(pieces, rest)
