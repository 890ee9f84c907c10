"""assistant/web/templates: everything is escaped, and nothing is left undefined."""

import re
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, UndefinedError
from markupsafe import Markup

from assistant.languages.wording import wording
from assistant.web import templates
from assistant.web.templates import phone_links, render
from settings import PROJECT

COLOUR = re.compile(r"#[0-9a-fA-F]{6}\b")
FOLDER = Path(templates.__file__).parent


def test_an_undefined_value_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        render("missing.html")


def test_values_are_escaped() -> None:
    hostile = '</title><script>alert("1")</script>'
    html = render("missing.html", message=hostile, text={"page.title": hostile})
    assert "<script" not in html
    assert hostile in unescape(html)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.html")), ids=lambda path: path.name)
def test_no_template_takes_anything_past_the_escaping(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    Environment(autoescape=True).parse(source)
    assert "|safe" not in source.replace(" ", "")
    assert "autoescape" not in source


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.html")), ids=lambda path: path.name)
def test_every_text_that_a_template_shows_is_in_the_wording(path: Path) -> None:
    keys = {line.split('"]')[0] for line in path.read_text(encoding="utf-8").split('text["')[1:]}
    whole = {key for key in keys if '" ~' not in key}
    assert whole <= set(wording())


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Samaritans: 116 123", 'Samaritans: <a href="tel:116123">116 123</a>'),
        ("Poison Help: 1-800-222-1222.", 'Poison Help: <a href="tel:18002221222">1-800-222-1222</a>.'),
        ("(112 in Europe)", '(<a href="tel:112">112</a> in Europe)'),
        ("Lines: https://findahelpline.com", 'Lines: <a href="https://findahelpline.com">https://findahelpline.com</a>'),
        ("NHS 111: 111", 'NHS 111: <a href="tel:111">111</a>'),
        (
            "Telefono Amico Italia (9-24): 02 2327 2327",
            'Telefono Amico Italia (9-24): <a href="tel:0223272327">02 2327 2327</a>',
        ),
        ("B12 & <b>", "B12 &amp; &lt;b&gt;"),
        ("use 1,000 or 10,000 characters", "use 1,000 or 10,000 characters"),
        ("", ""),
    ],
)
def test_phone_numbers_and_addresses_become_links(text: str, html: str) -> None:
    assert phone_links(text) == Markup(html)  # noqa: S704  the expected text


@given(st.text(st.sampled_from("1280 -<>&\"'aé:/.sphtw")) | st.text())
def test_linking_phone_numbers_changes_no_word_and_lets_no_markup_in(text: str) -> None:
    html = phone_links(text)
    assert html.replace('<a href="', "").count("<") == html.count("</a>")
    assert html.striptags().split() == Markup.escape(text).striptags().split()


def test_every_colour_stands_in_one_file() -> None:
    files = [path for ending in ("css", "html", "js", "py") for path in (PROJECT / "assistant").rglob(f"*.{ending}")]
    built = ("node_modules", "static/widget")
    named = {path for path in files if COLOUR.search(path.read_text(encoding="utf-8"))}
    assert {path.name for path in named if not any(folder in str(path) for folder in built)} == {"tokens.css"}
