"""The texts of a conversation, by the names that its scripts know them by, and whom to call, as every box without an answer
says it.

The page gets them as it is drawn and the widget as it is built, before anything is asked: a box is needed most where the
server cannot be reached.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from assistant.answer import Kind
from assistant.languages import TRIAGE, language_files
from assistant.languages.wording import wording
from assistant.question import LONGEST_QUESTION
from assistant.triage.urgent import ANYWHERE, lines_of, regions

# The name of a text in the scripts, and its key in the wording. Codes of refusals are names of texts, too.
CONVERSATION = {
    "show": "page.show_in_article",
    "source": "page.open_source",
    "table": "page.of_table",
    "list": "page.of_list",
    "suggestions": "page.suggestions_label",
    "looking": "page.looking",
    "stop": "page.stop",
    "retry": "page.retry",
    "quote": "page.quote",
    **{kind.value: f"page.kind_{kind}" for kind in Kind},
    "unsure": "urgent.unsure",
    "away": "widget.away",
    "slow": "widget.slow",
    "too_long": "page.too_long",
    "busy": "page.busy",
}
# What only the page says: why exactly there is no answer, where the widget, for its weight, says no more than `busy`; and
# what can be done with one.
PAGE = CONVERSATION | {
    "show": "page.show",
    "translate": "page.translate",
    "showing": "page.show_in_article",
    "covers": "page.covers",
    "sentences": "page.sentences",
    "linked": "page.linked",
    "linkedWith": "page.linked_with",
    "wrote": "page.wrote",
    "aloud": "page.aloud",
    "dictate": "page.dictate",
    "dictateNote": "page.dictate_note",
    "doctor": "page.doctor",
    "doctorAdd": "page.doctor_add",
    "doctorAdded": "page.doctor_added",
    "doctorAsk": "page.doctor_ask",
    "doctorRead": "page.doctor_read",
    "doctorEmpty": "page.doctor_empty",
    "caution": "page.not_advice",
    "back": "page.back",
    "print": "page.print",
    "number": "urgent.number",
    "anywhere": "urgent.anywhere",
    "elsewhere": "urgent.elsewhere",
    "elsewhereHow": "urgent.elsewhere_how",
    "too_many": "page.too_many",
    "unreachable": "page.unreachable",
    "empty_question": "page.empty_question",
    "not_text": "page.not_text",
    "failed": "page.try_again",
    "copy": "page.copy",
    "copied": "page.copied",
    "link": "page.link",
    "older": "page.older",
    "feedback": "page.feedback",
    "wrong": "page.feedback_wrong",
    "unhelpful": "page.feedback_unhelpful",
    "unsafe": "page.feedback_unsafe",
    "thanks": "page.feedback_thanks",
}


def words_of(
    text: Mapping[str, str],
    names: Mapping[str, str],
    /,
    *,
    language: str,
    phrases_of: Iterable[str],
    region: str = ANYWHERE,
) -> dict[str, str]:
    """The texts of these names out of a wording, whom to call, and the expression that finds the plainest urgent phrases.

    `language` is the wording's; `phrases_of` names the languages whose phrases are found.
    """
    said = {name: text[key].replace("{limit}", f"{LONGEST_QUESTION:,}") for name, key in names.items()}
    phrases = (phrase for code in phrases_of for phrase in urgent_phrases()[code])
    return said | {"help": help_in_sight(region, language).as_text, "phrases": "|".join(phrases)}


@dataclass(frozen=True, slots=True)
class HelpInSight:
    """The help of a region in a language: a sentence, then lines such as `Samaritans: 116 123`."""

    in_case: str
    nearest: tuple[str, ...]  # the emergency number, crisis lines
    poison: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """All lines, the emergency number first."""
        return self.nearest + self.poison

    @property
    def as_text(self) -> str:
        """The parts with an empty line between them, as the widget reads them."""
        return "\n\n".join(filter(None, [self.in_case, "\n".join(self.nearest), "\n".join(self.poison)]))


@cache
def help_in_sight(region: str, language: str, /) -> HelpInSight:
    """The help of a region, in a language.

    >>> help_in_sight("GB", "en").lines
    ('Emergency number: 999', 'Samaritans: 116 123', 'NHS 111: 111')
    """
    text = wording(language)
    number = text["urgent.anywhere"] if region == ANYWHERE else f"{text['urgent.number']}: {regions()[region]['emergency']}"
    return HelpInSight(text["urgent.in_case"], (number, *lines_of(region, "crisis")), tuple(lines_of(region, "poison")))


@cache
def urgent_phrases() -> dict[str, list[str]]:
    """The plainest urgent phrases of each language: lower case, without apostrophes."""
    return {code: file["plainest"]["urgent"] for code, file in language_files(TRIAGE).items() if "plainest" in file}
