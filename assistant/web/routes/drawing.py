"""Draws the chat page: its frame in a language, the article beside it, and the document that holds them.

Flows in: the assistant in use, a language and, for a browser without scripts, one turn with its answer. Flows out: HTML.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markupsafe import Markup

from assistant.answer import FEW_CITATIONS, Answer, Kind
from assistant.assistant import Assistant
from assistant.charts import Span, Tile, chart
from assistant.languages.starters import offered, offered_among
from assistant.languages.wording import DEFAULT_LANGUAGE, languages, wording
from assistant.record import list_of_sources
from assistant.triage.urgent import ANYWHERE, regions
from assistant.web.routes.article import outline
from assistant.web.routes.words import PAGE, help_in_sight, words_of
from assistant.web.templates import render
from corpus import Document, Source

STATIC = Path(__file__).parents[1] / "static"
SCRIPT = "site/widget/page.js"  # built of static/chat/
STYLES = ("tokens", "site", "page", "replies", "sheet")
COMMENT = re.compile(r"/\*.*?\*/\n?", re.DOTALL)
ARTICLE_HERE = '<template id="article-here"></template>'  # where the article is put into the frame of a language
MOST_CHARTED = 12  # articles whose map is drawn; of any other the title is a link
ROUND = 50  # words


@dataclass(frozen=True, slots=True)
class Turn:
    """What was asked without scripts, and what came of it: an answer in the reader's language, or why there is none."""

    question: str
    before: Sequence[str]
    answer: Answer | None = None
    spoken: str = DEFAULT_LANGUAGE
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Charted:
    """An article as the first screen shows it."""

    id: str
    source: Source
    text: str  # for its tiles; empty without any
    tiles: Sequence[Tile]
    words: int
    has_sources: bool


@cache
def style() -> str:
    """The page's style sheets in one piece: inline, so that the first words need one answer of the server and no more."""
    return COMMENT.sub("", "".join((STATIC / f"{name}.css").read_text(encoding="utf-8") for name in STYLES))


def charted(assistant: Assistant, /) -> list[Charted]:
    """Every article of the corpus with its map. Questions on offer are asked, so this takes milliseconds each."""

    def tiles_of(document: Document) -> list[Tile]:
        def quoted(question: str) -> list[Span]:
            citations = assistant.ask([question]).citations
            return [(found.start, found.end) for found in citations if found.article == document.id]

        return chart(document, assistant.version.passages.of_document(document.id), quoted)

    return [
        Charted(
            document.id,
            document.source,
            document.text if place < MOST_CHARTED else "",
            tiles_of(document) if place < MOST_CHARTED else [],
            max(ROUND, round(len(document.text.split()) / ROUND) * ROUND),
            bool(list_of_sources(document)),
        )
        for place, document in enumerate(assistant.version.documents.values())
    ]


def shell_html(
    assistant: Assistant,
    language: str,
    /,
    *,
    charts: Sequence[Charted],
    turn: Turn | None = None,
    shown: str = "",
    operator: str = "",
) -> str:
    """The page's frame in a language; `ARTICLE_HERE` stands where the article belongs, the one of the slug `shown`."""
    text = wording(language, assistant.site)
    documents = assistant.version.documents
    known = [question.question for document in documents.values() for question in document.questions]
    numbers = {code: table["emergency"] for code, table in regions().items() if code != ANYWHERE}
    words: dict[str, object] = {
        **words_of(text, PAGE, language=language, phrases_of=languages(), region=assistant.region),
        **offered_among(known, language),
        "known": known,
        "regions": numbers,
        "origins": {document.id: origin_of(document.source) for document in documents.values()},
    }
    help_ = help_in_sight(assistant.region, language)
    return render(
        "chat.html",
        language=language,
        languages=[(code, wording(code)["language"]) for code in languages()],
        version=assistant.version.name,
        counts_gaps=assistant.counts_gaps,
        operator=operator,
        charts=charts,
        document=documents[shown] if shown else next(iter(documents.values())),
        article_here=Markup(ARTICLE_HERE),  # noqa: S704  a constant
        offered=lambda said: offered(said, language),
        text=text,
        turn=turn,
        answer_json=json.dumps(turn.answer.as_dict(), ensure_ascii=False) if turn and turn.answer else "",
        is_urgent=turn is not None and turn.answer is not None and turn.answer.kind is Kind.URGENT,
        few=FEW_CITATIONS,
        help=help_,
        near=calls((), help_.nearest),
        hint=hint_below(turn, assistant.site) if turn else "",
        calls=calls(turn.answer.message.split("\n")[1:] if turn and turn.answer else (), help_.nearest),
        words_json=json.dumps(words, ensure_ascii=False),
    )


def article_html(assistant: Assistant, slug: str, /) -> str:
    """An article's sentences, as the panel beside the conversation holds them; the same in every language."""
    document = assistant.version.documents[slug]
    sections = outline(document, assistant.version.passages.of_document(slug))
    return render("article_panel.html", document=document, sections=sections)


def document_html(shell: str, article: str, /, *, language: str, site: str) -> str:
    """The whole document that a browser gets."""
    before, _, after = shell.partition(ARTICLE_HERE)
    body = Markup("").join(Markup(part) for part in (before, article, after))  # noqa: S704  rendered, so escaped already
    text = wording(language, site)
    return render("page.html", body=body, text=text, language=language, style=Markup(style()), script=SCRIPT)  # noqa: S704


def hint_below(turn: Turn, site: str, /) -> str:
    """What is said once below English quotes, to a reader of another language: for all that a page without scripts knows,
    earlier turns had it.
    """
    is_first = turn.answer is not None and turn.answer.kind is Kind.ANSWER and not turn.before
    return wording(turn.spoken, site)["page.translate"] if is_first and turn.spoken != DEFAULT_LANGUAGE else ""


def calls(lines: Sequence[str], nearest: Sequence[str], /) -> list[tuple[str, str, str]]:
    """Whom to call, the first one first: the number or address as it is shown, what it leads to, and whose it is.

    >>> calls(["Emergency number: 999", "Samaritans: 116 123"], [])
    [('999', 'tel:999', 'Emergency number'), ('116 123', 'tel:116123', 'Samaritans')]
    >>> calls([], ["Emergency number: 112 in Europe, 911 in North America"])
    [('112', 'tel:112', 'in Europe'), ('911', 'tel:911', 'in North America')]
    """
    named = [line.rpartition(": ") for line in lines if ": " in line]
    if not any(where[:1].isdigit() for _, _, where in named):
        parts = re.split(r"[,،、，]", re.split(r"[:：]", nearest[0], maxsplit=1)[1]) if nearest else []
        pieces = ((re.search(r"\d+", part), part) for part in parts)
        own = [(" ".join(part.replace(found[0], " ").split()), ": ", found[0]) for found, part in pieces if found]
        is_one = len(own) == 1 and not own[0][0]
        named = [(nearest[0].split(":")[0], ": ", own[0][2]), *named] if is_one else [*own, *named]
    return [
        (
            where.removeprefix("https://"),
            where if where.startswith("https://") else f"tel:{re.sub(r'[^0-9+]', '', where)}",
            who,
        )
        for who, _, where in named
    ]


def origin_of(source: Source, /) -> str:
    """From whom an article comes and of when, as a quotation names it."""
    return ", ".join(filter(None, [source.author, source.publisher, str(source.published or "")]))
