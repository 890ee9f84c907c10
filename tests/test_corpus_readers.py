"""From a file as it was handed over to a draft: nothing of the chrome around an article is ever quotable."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import CorpusError, load_article
from corpus.readers import Draft, read
from corpus.readers.draft import Block, assemble
from corpus.readers.markdown import read_markdown
from corpus.readers.plain_text import read_plain_text
from settings import PROJECT
from tests.conftest import ARTICLE

FOLDER = PROJECT / "corpus" / "articles" / ARTICLE
CHROME = ["More>Health", "LonelyGrowth", "2025-10-11", "08:56:30", "Comments (0)", "Login is required"]
PAGE = """Home>Drinks

All about tea

Tea is a drink. It is hot.

Green tea

It is green.

A. Writer 2025-10-11 08:56:30
Comments (12)
Please log in to comment.
"""

words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp", "Zs"]), min_size=1, max_size=12)
lines = st.lists(words, min_size=1, max_size=6).map(" ".join)


def quotable(draft: Draft) -> list[str]:
    return [draft.text[section.start : section.end] for section in draft.sections]


@pytest.mark.parametrize("chrome", CHROME)
def test_the_chrome_around_the_article_is_not_in_its_text(chrome: str) -> None:
    assert chrome in (FOLDER / "original.txt").read_text(encoding="utf-8")
    assert chrome not in read(FOLDER / "original.txt").text


def test_every_line_of_the_article_that_is_not_chrome_is_in_its_text_to_the_letter() -> None:
    original = (FOLDER / "original.txt").read_text(encoding="utf-8")
    content = [line for line in original.splitlines() if line and not any(chrome in line for chrome in CHROME)]
    assert read(FOLDER / "original.txt").text == "\n\n".join(content)


def test_the_recorded_text_and_sections_are_what_the_reader_makes_of_the_original() -> None:
    recorded, draft = load_article(FOLDER), read(FOLDER / "original.txt")
    assert (recorded.text, recorded.sections) == (draft.text, draft.sections)


def test_author_date_and_topics_come_from_byline_and_breadcrumb() -> None:
    draft = read(FOLDER / "original.txt")
    assert (draft.author, draft.published) == ("LonelyGrowth", date(2025, 10, 11))
    assert draft.topics == ("More", "Health", "Recovery")


def test_a_byline_with_a_space_before_the_date_gives_the_author_without_it() -> None:
    assert read_plain_text(PAGE).author == "A. Writer"


def test_only_what_stands_under_a_heading_is_quotable() -> None:
    assert quotable(read_plain_text(PAGE)) == ["Tea is a drink. It is hot.", "It is green."]


def test_provenance_that_the_file_does_not_state_stays_empty() -> None:
    draft = read_plain_text("All about tea\n\nTea is a drink.")
    assert (draft.author, draft.published, draft.topics) == ("", None, ())


@pytest.mark.parametrize("counter", ["Comments (0)", "Comment (1)", "Comments (1024)"])
@pytest.mark.parametrize(
    "login", ["Login is required before commenting.", "Log in is required.", "Please log in to comment."]
)
def test_comment_counters_and_login_lines_are_dropped(counter: str, login: str) -> None:
    assert read_plain_text(f"Tea\n\nIt is hot.\n\n{counter}\n{login}").text == "Tea\n\nIt is hot."


def test_a_sentence_that_mentions_comments_or_logging_in_stays() -> None:
    body = "Comments (0) is what a new page shows. She had to log in."
    assert read_plain_text(f"Tea\n\n{body}").text.endswith(body)


def test_headings_become_sections_and_the_first_paragraphs_stand_under_the_title() -> None:
    assert [section.heading for section in read_plain_text(PAGE).sections] == ["All about tea", "Green tea"]


def test_a_heading_without_paragraphs_heads_no_section() -> None:
    draft = read_plain_text("Tea\n\nKinds\n\nGreen tea\n\nIt is green.")
    assert [section.heading for section in draft.sections] == ["Green tea"]
    assert "Kinds" in draft.text


def test_a_long_line_without_a_full_stop_is_a_paragraph() -> None:
    paragraph = "word " * 40
    draft = read_plain_text(f"Tea\n\n{paragraph}")
    assert quotable(draft) == [paragraph.strip()]


def test_a_line_that_ends_a_sentence_is_never_a_heading() -> None:
    assert quotable(read_plain_text("Tea\n\nShort.\n\nShort!\n\n“Short?”")) == ["Short.\n\nShort!\n\n“Short?”"]


def test_lines_wrapped_inside_a_paragraph_are_joined_by_one_space() -> None:
    assert quotable(read_plain_text("Tea\n\nIt is\n  hot.")) == ["It is hot."]


def test_a_text_without_a_title_line_is_one_section_and_its_title_is_asked_for() -> None:
    draft = read_plain_text("Tea is a drink.\n\nIt is hot.")
    assert (draft.title, quotable(draft)) == ("", ["Tea is a drink.\n\nIt is hot."])


def test_an_impossible_date_in_the_byline_is_refused_with_the_date() -> None:
    with pytest.raises(CorpusError, match="'2025-13-45' is not a date"):
        read_plain_text("Tea\n\nIt is hot.\n\nWriter2025-13-45 08:56:30")


@given(title=lines, bodies=st.lists(lines, min_size=1, max_size=5))
def test_every_section_is_the_exact_slice_between_its_heading_and_the_next(title: str, bodies: list[str]) -> None:
    blocks = [block for i, body in enumerate(bodies) for block in (Block(f"Heading {i}", True), Block(body, False))]
    text, sections, _ = assemble(title, blocks)
    assert [text[section.start : section.end] for section in sections] == bodies
    assert [section.heading for section in sections] == [f"Heading {i}" for i in range(len(bodies))]
    for section in sections:
        assert text[: section.start].endswith(f"{section.heading}\n\n")


def test_markdown_headings_of_both_kinds_become_sections() -> None:
    draft = read_markdown("# Tea\n\nIt is hot.\n\nGreen tea\n---------\n\nIt is green.\n\n### Deep\n\nVery.")
    assert draft.title == "Tea"
    assert [section.heading for section in draft.sections] == ["Tea", "Green tea", "Deep"]
    assert quotable(draft) == ["It is hot.", "It is green.", "Very."]


def test_markdown_markup_is_not_in_the_text_and_its_words_are() -> None:
    draft = read_markdown(
        "# Tea\n\nIt is *very* **hot**, see [the `kettle`](http://example.org 'a'). <b>Mind</b>\nit &amp; wait."
    )
    assert quotable(draft) == ["It is very hot, see the kettle. Mind it & wait."]


def test_markdown_lists_and_tables_become_sentences() -> None:
    draft = read_markdown("# Tea\n\nKinds are:\n\n- green\n- black\n\n| kind | colour |\n| --- | --- |\n| oolong | blue |\n")
    assert quotable(draft) == ["Kinds are: green; black.\n\nkind — oolong: colour — blue."]


def test_markdown_front_matter_is_provenance_and_never_quotable() -> None:
    draft = read_markdown(
        "---\ntitle: Tea\nauthors: [A. Writer, B. Writer]\ndate: 2024-03-01\nlicense: CC0\nurl: https://example.org/tea\n"
        "categories:\n  - Drinks\n---\n\n# Tea\n\nIt is hot.\n"
    )
    assert (draft.title, draft.text) == ("Tea", "Tea\n\nIt is hot.")
    assert (draft.author, draft.published, draft.licence) == ("A. Writer, B. Writer", date(2024, 3, 1), "CC0")
    assert (draft.url, draft.topics) == ("https://example.org/tea", ("Drinks",))


def test_markdown_whose_title_stands_in_its_front_matter_needs_no_heading() -> None:
    draft = read_markdown("---\ntitle: Tea\n---\nIt is hot.\n\n## Kinds\n\nGreen.")
    assert [section.heading for section in draft.sections] == ["Tea", "Kinds"]


@pytest.mark.parametrize("front", ["a: [", "date: 2024-99-99", "!!python/object/apply:os.system [ls]"])
def test_markdown_front_matter_that_is_not_plain_yaml_is_refused(front: str) -> None:
    with pytest.raises(CorpusError, match="the front matter"):
        read_markdown(f"---\n{front}\n---\n# Tea\n\nIt is hot.")


def test_markdown_fences_keep_their_words_and_markup_inside_is_never_run_or_kept() -> None:
    draft = read_markdown(
        "# Tea\n\n```sh\nboil water\npour\n```\n\n<script>alert(1)</script>\n\n<div hidden>No.</div>\n\nEnd."
    )
    assert quotable(draft) == ["boil water pour\n\nEnd."]


def test_markdown_that_does_not_begin_with_a_heading_has_no_title_of_its_own() -> None:
    draft = read_markdown("Tea is a drink.\n\n# Tea\n\nIt is hot.")
    assert (draft.title, quotable(draft)) == ("", ["Tea is a drink.", "It is hot."])


@pytest.mark.parametrize("name", ["tea.txt", "TEA.TXT", "tea.md"])
def test_the_reader_is_chosen_by_the_files_ending_in_any_case(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("# Tea\n\nIt is hot.", encoding="utf-8")
    assert read(path).title == ("Tea" if name.endswith(".md") else "# Tea")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_byte_order_mark_and_kind_of_line_end_leave_no_trace(tmp_path: Path, encoding: str, newline: str) -> None:
    path = tmp_path / "tea.txt"
    path.write_bytes("Thé\n\nC’est 𝔠haud 🍵.".replace("\n", newline).encode(encoding))
    assert read(path).text == "Thé\n\nC’est 𝔠haud 🍵."


@pytest.mark.parametrize("name", ["tea.xyz", "tea"])
def test_an_unknown_format_is_refused_with_the_formats_that_are_known(tmp_path: Path, name: str) -> None:
    with pytest.raises(CorpusError, match=r"cannot be read\. .*save it as one of these: .*\.md, "):
        read(tmp_path / name)


def test_a_file_that_is_not_there_is_refused_by_its_path(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"tea\.txt does not exist"):
        read(tmp_path / "tea.txt")


def test_a_folder_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tea.txt").mkdir()
    with pytest.raises(CorpusError, match=r"tea\.txt cannot be read \(Is a directory\)"):
        read(tmp_path / "tea.txt")


@pytest.mark.parametrize(("name", "content"), [("tea.txt", "Tea\n\nKinds"), ("tea.md", "# Tea\n\n## Kinds")])
def test_an_article_of_headings_only_is_refused(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CorpusError, match="holds no paragraph that could be quoted"):
        read(path)


@pytest.mark.parametrize("content", [b"", b" \n\t\n", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("name", ["tea.txt", "tea.md"])
def test_an_empty_file_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(CorpusError):
        read(path)


def test_zero_width_spaces_of_entities_split_no_word() -> None:
    draft = read_markdown("# Schlaf&#8203;störung\n\nA zero&ZeroWidthSpace;width&NoBreak; and a byte&#xFEFF;order mark.")
    assert (draft.title, draft.text) == ("Schlafstörung", "Schlafstörung\n\nA zerowidth and a byteorder mark.")
