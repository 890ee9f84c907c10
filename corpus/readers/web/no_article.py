"""Pages that are no article: an error, a check for bots, a notice about cookies, a list of articles, one made by scripts.

They come with the status of a page that was found, so that only their words tell. A person decides: all are doubts.
"""

from collections.abc import Sequence

from lxml.html import HtmlElement

from corpus.doubts import Doubt
from corpus.linear_patterns import LinearPattern
from corpus.readers.draft import Block
from corpus.readers.web.region import SHORTEST_ARTICLE

LONGEST_NOTICE = 1_500  # characters of a page that only tells that there is no article
ERROR_TITLE = LinearPattern(
    r"(?i)\b(?:40[134]|410|50[0-4])\b.{0,20}\b(?:error|not found|page)\b|\b(?:error|page) (?:40[134]|410|50[0-4])\b"
    r"|page not found|not found$|(?:page|site|content) (?:is )?(?:unavailable|missing|gone)|access denied|forbidden"
    r"|service unavailable"
)
ERROR_WORDS = LinearPattern(
    r"(?i)\b(?:page|article|content|document)\b.{0,60}\b(?:(?:not|can.t|cannot|could not|couldn.t) be found"
    r"|does not exist|no longer (?:exists?|available|here)|doesn.t exist|is not here|been (?:re)?moved|was removed)"
)
BOT_CHECK = LinearPattern(
    r"(?i)just a moment|attention required|checking (?:that you are|if you are|your browser)"
    r"|verify(?:ing)? (?:that )?you are|are you a (?:human|robot)|enable javascript and cookies|unusual traffic|captcha"
)
COOKIES = LinearPattern(r"(?i)\b(?:cookies?|consent|privacy (?:policy|settings))\b")
WORDS_A_COOKIE = 40  # a text that speaks of cookies more often than once in so many words is about them
FEWEST_CARDS = 4  # headings that are links: a page that only leads to others
SAVE_IT = "open the page in a browser, save it, and add the saved file."


def no_article(content: Sequence[Block], title: str, root: HtmlElement, /) -> list[Doubt]:
    """What speaks against a page being an article; none or one doubt.

    Args:
        content: the blocks that were taken for the article.
        title: its title, if it has one.
        root: the element that they stand in.
    """
    words = " ".join(block.text for block in content)
    is_short = len(words) <= LONGEST_NOTICE
    if ERROR_TITLE.search(title) or (is_short and ERROR_WORDS.search(words)):
        return [
            Doubt("looks like an error page, not like an article; name the article's own address.", title or words[:100])
        ]
    if is_short and (BOT_CHECK.search(title) or BOT_CHECK.search(words)):
        return [Doubt(f"looks like a check for bots; {SAVE_IT}", title)]
    if is_short and len(COOKIES.findall(words)) * WORDS_A_COOKIE > len(words.split()):
        return [Doubt(f"looks like a notice about cookies; {SAVE_IT}", title)]
    headings = list(root.iter("h2", "h3", "h4"))
    linked = [each for each in headings if any(map(_leads_away, each.iter("a"))) or _leads_away(each.getparent())]
    if len(linked) >= FEWEST_CARDS and 2 * len(linked) > len(headings):
        return [Doubt("looks like a list of articles; name the articles, or the sitemap or feed of the site.", title)]
    if sum(len(block.text) for block in content if not block.is_heading) < SHORTEST_ARTICLE:
        return [Doubt("Little text was found: is this the article, and does the page show it without scripts?")]
    return []


def _leads_away(element: HtmlElement) -> bool:
    """Whether an element is a link to another page, and no mark of its own heading."""
    address = element.get("href") or ""
    return element.tag == "a" and bool(address) and not address.startswith("#")
