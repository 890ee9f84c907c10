"""What a page's own style sheets hide, strike or raise is settled by the rules of the cascade."""

import pytest
from lxml import html

from corpus.readers.markup.style_sheets import settle_style_sheets


def style_of(sheet: str, element: str = "<p class='a b' id='i'>x</p>") -> str:
    root = html.document_fromstring(f"<html><head>{sheet}</head><body><div class='around'>{element}</div></body></html>")
    settle_style_sheets(root)
    return str(root.find(".//div")[0].get("style") or "")


@pytest.mark.parametrize(
    "rule",
    [
        "p.a { display: none }", ".x, .a{display:none}", ".around > p{display:none !important}", "div p.b{display:none}",
        "p[id=i]{display:none}", "/* .a{} */ #i{color:red;display : none}", "@media screen{.a{display:none}}",
        "@supports (display:grid){@layer x{.a{display:none}}}", ".a{display:none} .missing.a{display:block}",
        ".a:not(.open){display:none}", ".a{display:none!important} #i{display:block}",
    ],
)  # fmt: skip
def test_a_rule_that_hides_an_element_stands_in_its_attribute(rule: str) -> None:
    assert "display: none" in style_of(f"<style>{rule}</style>")


@pytest.mark.parametrize(
    "rule",
    [
        "@media print{.a{display:none}}", "@media (max-width: 600px){.a{display:none}}",
        ".a{display:none} .a{display:block}",
        "#i{display:block} .a{display:none}", ".a:hover{display:none}", ".a::before{display:none}", ".a{display", "}}}{",
        ".a{display:none} .around .a{display:inline}", "@import 'x.css'; .c{display:none}", ".a{{display:none}}",
    ],
)  # fmt: skip
def test_a_rule_that_does_not_hold_for_an_element_hides_nothing(rule: str) -> None:
    assert "display: none" not in style_of(f"<style>{rule}</style>")


def test_what_an_element_says_itself_wins_unless_a_sheet_insists() -> None:
    shown = "<p class='a' style='display:block; margin: 0'>x</p>"
    assert style_of("<style>.a{display:none}</style>", shown) == "margin: 0; display: block"
    assert "display: none" in style_of("<style>.a{display:none!important}</style>", shown)


def test_a_sheet_for_print_is_not_read() -> None:
    assert style_of("<style media='print'>.a{display:none}</style>") == ""


def test_many_rules_are_read_in_time_that_grows_with_their_number() -> None:
    rules = "".join(f".a .b{number} > p:nth-child(3){{display:none}}" for number in range(5_000))
    assert style_of(f"<style>{rules}{'(' * 5_000}</style>") == ""
