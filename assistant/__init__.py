"""From a question to an answer: triage, retrieval, choosing sentences, knowing when not to answer."""

from assistant.answer import Answer, Citation, Hit, Kind
from assistant.assistant import Assistant
from assistant.question import QuestionError

__all__ = ["Answer", "Assistant", "Citation", "Hit", "Kind", "QuestionError"]
