"""What generators of static sites write into Markdown that is no text: tags, notes, imports, boxes.

Jekyll, Hugo, Docusaurus (MDX), MkDocs and Obsidian are known. What stands on a line of its own goes; where a tag stands in a
sentence it may print a word there, so the sentence is held with a doubt. Fenced code is left alone.
"""

from collections.abc import Iterator
from itertools import groupby

from corpus.doubts import Alteration, Doubt
from corpus.linear_patterns import LinearPattern, Match

FENCE = LinearPattern(r"\s{0,3}(?:```|~~~)")
NOTES = (
    LinearPattern(r"(?s)%%.*?%%"),  # Obsidian
    LinearPattern(r"(?s)\{/\*.*?\*/\}"),  # MDX
    LinearPattern(r"(?s)\{%-?\s*comment\s*-?%\}.*?\{%-?\s*endcomment\s*-?%\}"),  # Jekyll
    LinearPattern(r"(?s)\{\{[<%]?\s*/\*.*?\*/\s*[>%]?\}\}"),  # Hugo
    LinearPattern(r"(?s)\{>>.*?<<\}"),  # CriticMarkup
)
CODE = LinearPattern(r"(?s)\{%-?\s*highlight\b.*?\{%-?\s*endhighlight\s*-?%\}")
TAG = LinearPattern(r"\{%[^%\n]*%\}|\{\{[^{}\n]*\}\}")
HEADING = "#### "  # of a tab or a panel
UNFILLED = "holds a tag that a site fills in with words; write them in its place:"
# A component has small letters in its name and attributes that have a value: `<LOD and >LOQ` is prose.
COMPONENT = LinearPattern(
    r"</?[A-Z][A-Za-z0-9.]*[a-z][A-Za-z0-9.]*(?:\s+[A-Za-z-]+(?:=(?:\"[^\"]*\"|'[^']*'|\{[^<>]*\}))?)*\s*/?>"
)
# What a tag or a component prints itself: "Children" above what stands in its tab.
NAMED = LinearPattern(r"\b(?:title|label|summary|header|name)\s*=\s*(?:\"([^\"]+)\"|'([^']+)')")
TAB_TAG = LinearPattern(r"\{\{[<%]\s*tab(?:s-?item|-?item)?\s+(?:\w+\s*=\s*)?\"(?P<title>[^\"]+)\"[^{}\n]*[>%]\}\}")
TAB = LinearPattern(r"===[+!]?\s+\"(?P<title>[^\"]*)\"\s*")
EXPRESSION = LinearPattern(r"\{[\w.$]+(?:\s*[-+*/?|]+[^{}\n]*|\([^{}\n]*\))?\}")  # of MDX
# CriticMarkup: what an editor added, took away, put in its place.
ADDED, REMOVED, REPLACED, MARKED = (
    LinearPattern(pattern)
    for pattern in (
        r"(?s)\{\+\+(.*?)\+\+\}",
        r"(?s)\{--.*?--\}",
        r"(?s)\{~~(?P<old>.*?)~>(?P<new>.*?)~~\}",
        r"(?s)\{==(.*?)==\}",
    )
)
ABBREVIATION = LinearPattern(r"\*\[[^\]\n]+\]:\s.*")
BLOCK_ID = LinearPattern(r"\s\^[A-Za-z][\w-]*\s*\z")
IMPORT = LinearPattern(r"\s{0,3}(?:import\s+.*?['\"][^'\"]+['\"];?|export\s+(?:const|let|default|function|class)\b.*)\s*")
ATTRIBUTES = LinearPattern(r"\s*\{:?\s*(?:[.#][\w-]+|[\w-]+=\"[^\"]*\"|toc)(?:\s+(?:[.#][\w-]+|[\w-]+=\"[^\"]*\"))*\s*\}")
CONTENTS = LinearPattern(r"\s*(?:[*-]\s+TOC|\[TOC\]|\[\[_TOC_\]\])\s*")
BOX = LinearPattern(r"\s{0,3}:{3,}\s*(?P<kind>[A-Za-z-]*)\s*(?:\[(?P<title>[^\]]*)\]|(?P<words>[^{\[]*))?(?:\{[^}]*\})?\s*")
MKDOCS_BOX = LinearPattern(r"(?:!!!|\?\?\?\+?)\s+[\w -]+(?:\"(?P<title>[^\"]*)\")?\s*")
ALERT = LinearPattern(r"(?i)(?P<quoted>\s{0,3}>\s*)\[![a-z][a-z-]*\][+-]?[ ]?(?P<title>.*)")
EMBEDDED = LinearPattern(r"!\[\[[^\]\n]*\]\]")
WIKI_LINK = LinearPattern(r"\[\[(?:[^\]|\n]*\|)?([^\]|\n]*)\]\]")
HIGHLIGHT = LinearPattern(r"==([^=\n]+)==")
SINGLE_TILDES = LinearPattern(r"(?:^|[\s(])~[^~\s][^~\n]*~(?:[\s.,;:!?)]|$)")


def without_site_syntax(text: str, /) -> tuple[str, list[Doubt], list[Alteration]]:
    """The Markdown that a generator would pass on, what may be missing in it, and what was left out.

    >>> without_site_syntax("Tea is hot.\\n\\n{: .lead}\\n%% ask Ann %%")[0].strip()
    'Tea is hot.'
    """
    doubts: list[Doubt] = []
    alterations: list[Alteration] = []
    parts = [part if is_code else _prose(part, doubts, alterations) for part, is_code in _parts(text)]
    return "".join(parts), doubts, alterations


def unfilled_tags(text: str, /) -> list[Doubt]:
    """A doubt for each paragraph of a page that shows a tag which a program should have filled in."""
    return [Doubt(UNFILLED, paragraph) for paragraph in text.split("\n\n") if TAG.search(paragraph)]


def _prose(text: str, doubts: list[Doubt], alterations: list[Alteration]) -> str:
    def left_out(match: Match, reason: str) -> str:
        alterations.append(Alteration(reason, " ".join(match[0].split())))
        return ""

    for pattern in NOTES:
        text = pattern.sub(lambda found: left_out(found, "a note that is not published, left out"), text)
    text = REMOVED.sub(lambda found: left_out(found, "struck out in the file, so left out"), text)
    text = REPLACED.sub(lambda found: left_out(found, "replaced in the file, so left out") or str(found["new"]), text)
    text = MARKED.sub(r"\1", ADDED.sub(r"\1", text))
    text = CODE.sub(lambda found: left_out(found, "code, left out"), text)
    text = EMBEDDED.sub(lambda found: left_out(found, "another file that would be shown here, left out"), text)
    text = COMPONENT.sub(lambda found: _printed(found, text, doubts, alterations), text)
    text = WIKI_LINK.sub(lambda found: "" if found[1].lower() in {"toc", "_toc_"} else str(found[1]), text)
    text = HIGHLIGHT.sub(r"\1", text)
    return "\n".join(_lines(text.split("\n"), doubts, alterations))


def _printed(component: Match, text: str, doubts: list[Doubt], alterations: list[Alteration]) -> str:
    """What stands in the place of a component: its title as a heading, where it opens something on a line of its own."""
    start, end = text.rfind("\n", 0, component.start()) + 1, text.find("\n", component.end())
    line = text[start : end if end >= 0 else len(text)]
    is_empty = component[0].endswith("/>")
    if is_empty and any(map(str.isalnum, COMPONENT.sub("", line))):
        doubts.append(Doubt(UNFILLED, line.strip()))
        return ""
    if is_empty and "=" in component[0]:
        alterations.append(Alteration("a tag of the site, left out", " ".join(component[0].split())))
    named = NAMED.search(component[0])
    if named is None or is_empty or text[start : component.start()].strip():
        return ""
    return f"\n\n{HEADING}{named[1] or named[2]}\n\n"


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """The text in turns of prose and of fenced code."""
    is_code = False

    def kind(line: str) -> bool:
        nonlocal is_code
        if FENCE.match(line):
            is_code = not is_code
            return True
        return is_code

    for is_fenced, lines in groupby(text.splitlines(keepends=True), key=kind):
        yield "".join(lines), is_fenced


def _lines(lines: list[str], doubts: list[Doubt], alterations: list[Alteration]) -> Iterator[str]:
    in_box = False
    for line in lines:
        in_box &= line.startswith("    ") or not line.strip()
        if IMPORT.fullmatch(line) or CONTENTS.fullmatch(line) or ABBREVIATION.fullmatch(line):
            continue
        if tab := TAB.fullmatch(line) or TAB_TAG.fullmatch(line.strip()):
            in_box = line.startswith("=")
            yield f"\n{HEADING}{tab['title']}\n"
            continue
        if box := MKDOCS_BOX.fullmatch(line):
            in_box = True
            yield f"\n**{box['title']}**\n" if box["title"] else ""
        elif box := BOX.fullmatch(line):
            title = (box["title"] or box["words"] or "").strip()
            yield f"\n**{title}**\n" if title else ""
        else:
            yield _without_tags(line[4:] if in_box else line, doubts, alterations)


def _without_tags(line: str, doubts: list[Doubt], alterations: list[Alteration]) -> str:
    line = BLOCK_ID.sub("", ATTRIBUTES.sub("", line))
    if alert := ALERT.fullmatch(line):
        quoted, title = str(alert["quoted"]), alert["title"].strip()
        line = f"{quoted}**{title}**\n{quoted}" if title else quoted
    if SINGLE_TILDES.search(line):
        reason = "is something struck out here? Some sites strike out what stands between single tildes; write ~~ ~~, or ≈:"
        doubts.append(Doubt(reason, line.strip()))
    if not TAG.search(line):
        doubts += [Doubt(UNFILLED, line.strip())] if EXPRESSION.search(line) else []
        return line
    rest = TAG.sub("", line)
    if any(map(str.isalnum, rest)):
        doubts.append(Doubt(UNFILLED, line.strip()))
    else:
        alterations.append(Alteration("a tag of the site, left out", line.strip()))
    return rest
