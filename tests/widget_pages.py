"""The widget on other sites' pages, for its tests: the article as sites really mark it up, opening, asking."""

import html
import re

from playwright.sync_api import Browser, Locator, Page, ViewportSize

from corpus import load_corpus
from settings import PROJECT
from tests.browsers import DESKTOP

WIDGET = "rls-assistant"
ARTICLE_TEXT = next(iter(load_corpus(PROJECT / "corpus" / "articles"))).text
# Told by every page, before anything else runs in it.
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
  violations.push(`${violatedDirective} ${blockedURI}`);
});
"""


def marked_up_article() -> str:
    """The article with every few words in `<em>`, `<a>` or `<b>`, soft hyphens within long ones, and odd white space."""
    paragraphs = []
    for paragraph in ARTICLE_TEXT.split("\n\n"):
        words = [_hyphenated(html.escape(word)) for word in paragraph.split(" ")]
        for place in range(1, len(words), 4):
            tag = ("em", 'a href="#"', "b")[place // 4 % 3]
            words[place] = f"<{tag}>{words[place]}</{tag.split()[0]}>"
        paragraphs.append("<p>" + "\n   ".join(words) + "</p>")
    return "<article>" + "\n".join(paragraphs) + "</article>"


def _hyphenated(word: str) -> str:
    return re.sub(r"(?<=\w{4})(?=\w{4})", "&shy;", word, count=1)


def open_host(browser: Browser, url: str, *, viewport: ViewportSize = DESKTOP, theme: str = "light") -> Page:
    """A page of its own context, watched for violations of its policy; wait until the launcher or the panel is there."""
    context = browser.new_context(viewport=viewport, color_scheme=theme, locale="en-GB")  # type: ignore[arg-type]
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(url)
    page.locator(f"{WIDGET} :is(.launcher, .panel):visible").first.wait_for()
    return page


def open_panel(page: Page) -> Locator:
    """Open the panel; returns the box to type into."""
    page.locator(f"{WIDGET} .launcher").click()
    box = page.locator(f"{WIDGET} textarea")
    box.wait_for()
    return box


def ask(page: Page, question: str, kind: str) -> Locator:
    """Ask in the open panel; returns the reply, which is of a kind."""
    replies = page.locator(f"{WIDGET} .reply.{kind}")
    before = replies.count()
    page.locator(f"{WIDGET} textarea").fill(question)
    page.locator(f"{WIDGET} textarea").press("Enter")
    replies.nth(before).wait_for()
    return replies.nth(before)
