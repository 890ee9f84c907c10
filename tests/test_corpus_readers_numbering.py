"""A sentence that names an item by its number is told, since the items in the text have none."""

from pathlib import PurePath

import pytest

from corpus.readers import read_bytes
from corpus.readers.numbering import references_to_numbers


def test_a_reference_to_a_numbered_item_is_a_doubt() -> None:
    draft = read_bytes(
        b"# Legs\n\nDo this:\n\n1. Stop tea.\n2. Walk.\n\nThen repeat step 2, but not step 1.\n", PurePath("a.md")
    )
    assert [doubt.sentence for doubt in draft.doubts] == ["Then repeat step 2, but not step 1."]


@pytest.mark.parametrize(
    "text", ["Step 1: Stop.\nStep 2: Walk. Then repeat step 2.", "There are many points to note.", "It takes 2 steps."]
)
def test_a_number_that_the_text_writes_itself_is_none(text: str) -> None:
    assert references_to_numbers(text, has_numbers=True) == []


def test_without_a_numbered_list_nothing_is_asked() -> None:
    assert references_to_numbers("Go back to step 2.", has_numbers=False) == []
