"""Title and author as a file's properties state them, without what programs fill in by themselves."""

from corpus.linear_patterns import LinearPattern
from corpus.readers.text import settle

# What word processors, scanners and libraries write where nobody typed a title.
FILLED_IN = LinearPattern(
    r"(?i)(?:microsoft (?:word|powerpoint)\b.*|word document|powerpoint presentation|presentation\s*\d*|document\s*\d*|"
    r"dokument\s*\d*|untitled.*|unbenannt.*|no title|title|titel|slide \d+|scan(?:ned)?\b.*|print(?:ing)?\b.*|"
    r".*\.(?:docx?|dotx?|odt|rtf|pdf|indd|qxd|tex|dvi|pages|pptx?|html?|eps|ai|fm)|\S*[\d_]\S*|(?:doi|arxiv)\s*:.*)"
)
FILLED_IN_AUTHORS = LinearPattern(
    r"(?i)(?:python-docx|microsoft(?: office)? user|windows[- ]user|user\s*\d*|username|owner|admin(?:istrator)?|author|"
    r"autor|unknown|unbekannt|none|n/?a|default|test|pc|hp|dell|\S+@\S+|\W*)"
)
LONGEST_TITLE = 300  # characters


def stated_title(value: str | None, /) -> str:
    """A stated title; empty if a program filled it in.

    >>> stated_title("Microsoft Word - draft3.doc"), stated_title(" Iron and  restless legs")
    ('', 'Iron and restless legs')
    """
    title = _settled(value)
    return "" if len(title) > LONGEST_TITLE or FILLED_IN.fullmatch(title) else title


def stated_author(value: str | None, /) -> str:
    """A stated author; empty if a program filled it in."""
    author = _settled(value)
    return "" if FILLED_IN_AUTHORS.fullmatch(author) else author


def _settled(value: str | None) -> str:
    return " ".join(settle(value or "").split())
