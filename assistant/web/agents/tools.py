"""What a program can do here: ask, see which articles there are, read one. Nothing can be changed.

Flows in: the name of a tool and its arguments, as JSON. Flows out: a `Said`: an object, and the same as text. It knows
nothing of the protocol that carries them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from assistant.answer import Answer
from assistant.languages.wording import DEFAULT_LANGUAGE
from assistant.links import page_of
from assistant.question import LONGEST_QUESTION, MOST_TURNS, QuestionError
from assistant.web.gate.admission import Admission, RefusedError
from assistant.web.gate.asked import Asked, asked_by
from assistant.web.gate.asking import answer_to
from assistant.web.process.live import LiveAssistant
from corpus import Document

INSTRUCTIONS = """\
Answers come from the articles of this site, in their own words. Nothing is generated.

- Ask with `ask`, in the person's own words, and with what they asked before where the question leans on it.
- kind "answer": show every `quote` as it is, in quotation marks, each with its link (`url`). Do not shorten, join or
  reword a quote, and show what `message` says around it: it tells how far the quotes hold.
- kind "unanswered": the articles do not say. Tell the person so, and do not fill the gap from elsewhere as if it were
  theirs.
- kind "urgent" is final: show `message` at once, whole and first. Add nothing before it, and do not ask again in other
  words.
- kind "advice" is final: nobody here says what to take, stop or do. Show `message`; do not give that advice in its place.
- `confidence` is the calibrated probability that the quote answers the question.
- `quote` is `text[start:end]` of the article, which `read_article` gives, counted in Unicode characters.
- A link that begins with "/" belongs to the address of this server.
"""


class AskArguments(BaseModel):
    """What `ask` takes: a question, or a conversation."""

    question: str | None = Field(None, description=f"the question, at most {LONGEST_QUESTION:,} characters")
    turns: list[str] | None = Field(
        None,
        max_length=MOST_TURNS,
        description="instead of `question`: what the person asked, oldest first; the last is the question",
    )
    articles: list[str] | None = Field(None, description="names of articles; only these are quoted")
    language: str | None = Field(None, description="the reader's language, such as de, for fixed wording")


class ArticlesArguments(BaseModel):
    """`articles` takes nothing."""


class ReadArguments(BaseModel):
    """What `read_article` takes."""

    model_config = ConfigDict(extra="forbid")
    article: str = Field(description="its name, as `articles` and citations give it")
    start: int = Field(0, ge=0, description="first character")
    end: int | None = Field(None, ge=0, description="character after the last; left out: to the end")


@dataclass(frozen=True, slots=True)
class Tool:
    """What a program is told of a tool; the schemas are JSON Schema."""

    name: str
    title: str
    description: str
    arguments: type[BaseModel]

    @property
    def input_schema(self) -> dict[str, Any]:
        """What it takes."""
        return self.arguments.model_json_schema()


TOOLS = (
    Tool(
        "ask",
        "Ask a question",
        "Answers a question with exact quotes of the site's articles, each with its place and a link to the sentence, or "
        "says that the articles do not answer it. Quotes must be shown as they are, with their link. Urgent and advice "
        "answers are final: show `message` as it is.",
        AskArguments,
    ),
    Tool(
        "articles",
        "List the articles",
        "The articles that may be quoted: name, title, author, date, sections.",
        ArticlesArguments,
    ),
    Tool(
        "read_article",
        "Read an article",
        "An article's canonical text, or a part of it. Citations' `start` and `end` count its characters.",
        ReadArguments,
    ),
)


@dataclass(frozen=True, slots=True)
class Said:
    """`text` is `value` as JSON; of an answer it is, byte for byte, what `/api/ask` sends."""

    value: dict[str, Any]
    text: str
    is_error: bool = False

    @classmethod
    def of(cls, value: dict[str, Any], /, *, is_error: bool = False) -> "Said":
        """A value and its text."""
        return cls(value, json.dumps(value, ensure_ascii=False), is_error)


@cache
def answer_schema() -> dict[str, Any]:
    """The JSON Schema of an answer."""
    return TypeAdapter(Answer).json_schema(mode="serialization")


class Tools:
    """The tools over the assistant in use, behind the same admission as every question."""

    def __init__(self, live: LiveAssistant, admission: Admission, /) -> None:
        self._live = live
        self._admission = admission

    async def call(self, name: str, arguments: Mapping[str, Any], /, *, address: str) -> Said:
        """What a tool says. Never fails for what it is given: what is wrong stands in the value.

        Whatever is refused, triage reads it first.
        """
        try:
            if name == "articles":
                return self._articles()
            if name == "read_article":
                return self._read(ReadArguments.model_validate(arguments))
        except ValidationError as error:
            return _wrong(", ".join(f"`{'.'.join(map(str, fault['loc']))}`: {fault['msg']}" for fault in error.errors()))
        return await self._ask(self._asked(name, arguments), address)

    async def _ask(self, asked: Asked, address: str) -> Said:
        try:
            answer, _ = await answer_to(asked, self._live.current, self._admission, address=address)
        except QuestionError as error:
            return Said.of({"error": error.message, "remedy": error.remedy}, is_error=True)
        except RefusedError as error:
            value = {"error": error.message, "remedy": error.remedy, "retry_after": error.retry_after}
            return Said.of(value, is_error=True)
        text = answer.as_json()
        return Said(json.loads(text), text)

    def _asked(self, name: str, arguments: Mapping[str, Any]) -> Asked:
        text = json.dumps(arguments, ensure_ascii=False)
        if name != "ask":
            names = ", ".join(tool.name for tool in TOOLS)
            error = QuestionError("There is no such tool.", remedy=f"Call one of: {names}.", code="not_text")
            return Asked((), None, DEFAULT_LANGUAGE, text, error)
        turns = arguments.get("turns")
        if turns is None and "question" in arguments:
            turns = [arguments["question"]]
        if turns is None:
            error = QuestionError("There is no question.", remedy='Send {"question": "…"}.', code="empty_question")
            return Asked((), None, DEFAULT_LANGUAGE, text, error)
        return asked_by({**arguments, "turns": turns})

    def _articles(self) -> Said:
        served = self._live.current
        documents = served.version.documents.values()
        described = [described_article(document, public_url=served.public_url) for document in documents]
        return Said.of({"index_version": served.version.name, "articles": described})

    def _read(self, wanted: ReadArguments) -> Said:
        served = self._live.current
        document = served.version.documents.get(wanted.article)
        if document is None:
            return _wrong("There is no such article.", remedy="`articles` lists them.")
        end = len(document.text) if wanted.end is None else wanted.end
        text = document.text[wanted.start : end]
        about = described_article(document, public_url=served.public_url)
        return Said.of(about | {"start": wanted.start, "end": wanted.start + len(text), "text": text})


def described_article(document: Document, /, *, public_url: str = "") -> dict[str, Any]:
    """What there is to know about an article without its text."""
    source = document.source
    return {
        "article": document.id,
        "title": source.title,
        "author": source.author,
        "publisher": source.publisher,
        "published": str(source.published or ""),
        "licence": source.licence,
        "url": page_of(document, public_url=public_url),
        "characters": len(document.text),
        "sections": [{"heading": one.heading, "start": one.start, "end": one.end} for one in document.sections],
    }


def _wrong(error: str, /, *, remedy: str = "See the tool's input schema.") -> Said:
    return Said.of({"error": error, "remedy": remedy}, is_error=True)
