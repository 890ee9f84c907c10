"""One way from what was asked to what is answered, whichever face asked: HTTP, MCP or Gradio's client.

Flows in: an `Asked`. Flows out: an answer in the reader's language, or why there is none.
"""

from collections.abc import Sequence
from typing import Any

from assistant.answer import Answer
from assistant.assistant import Assistant
from assistant.languages.translating import said_in
from assistant.question import QuestionError
from assistant.web.gate.admission import Admission
from assistant.web.gate.asked import Asked


async def answer_to(asked: Asked, assistant: Assistant, admission: Admission, /, *, address: str) -> tuple[Answer, str]:
    """The answer and the language of its fixed wording.

    Raises:
        QuestionError: what is wrong with the question.
        RefusedError: it is not answered now.
    """

    def ask(turns: Sequence[str]) -> Answer:
        return _limited(assistant, asked.articles).ask(turns, reader=asked.language)

    answer = await admission.answer(ask, asked, address=address)
    return said_in(answer, asked.language, site=assistant.site)


def _limited(assistant: Assistant, articles: Any) -> Assistant:
    """The assistant over these articles only; over all of them if none are named."""
    if articles is None:
        return assistant
    if not isinstance(articles, list) or not all(isinstance(article, str) for article in articles):
        raise QuestionError("`articles` is not a list of names.", remedy='Send {"articles": ["…"]}.', code="no_article")
    return assistant.limited_to(frozenset(articles))
