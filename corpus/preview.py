"""What a maintainer sees before saying yes."""

from collections import Counter
from collections.abc import Iterable, Sequence

from corpus.difference import ArticleDifference
from corpus.incoming.candidate import ASKED, Candidate

LONGEST_LINE = 100  # characters
LONGEST_NAME = 60
MOST_SENTENCES = 8  # of each kind of change


def preview(candidate: Candidate, /) -> str:
    """Doubts first; then provenance, the file's words beside the text's where they differ, and the sections.

    Of a section its size is shown, and each sentence that was made of a list or a table.
    """
    document, source = candidate.document, candidate.document.source
    lines = [f"{'doubt':<10} {doubt}" for doubt in candidate.doubts]
    lines += [""] if lines else []
    lines += [f"{'id':<10} {document.id or '-'}"]
    lines += [f"{name:<10} {getattr(source, name) or '-'}" for name in ASKED]
    for alteration in candidate.alterations:
        place = f" ({alteration.place})" if alteration.place else ""
        lines += [
            f"\n  {alteration.reason}{place}",
            f"    file: {alteration.original}",
            f"    text: {alteration.kept or '-'}",
        ]
    lines.append("")
    for section in document.sections:
        lines.append(f"  {shortened(section.heading)} ({section.end - section.start} characters)")
        lines += [
            f"    from a {span.of}: {shortened(document.text[span.start : span.end])}"
            for span in document.composed
            if section.start <= span.start < section.end
        ]
    return "\n".join(lines)


def results(rows: Sequence[tuple[str, str, str]], /) -> str:
    """A table of what became of several sources: state, name, and what is to be said; sums below."""
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    lines = [
        f"{state:<{widths[0]}}  {name:<{min(widths[1], LONGEST_NAME)}}  {shortened(' '.join(said.split()))}".rstrip()
        for state, name, said in rows
    ]
    states = Counter(state for state, *_ in rows)
    return "\n".join([*lines, ", ".join(f"{count} {state}" for state, count in states.items())])


def told(difference: ArticleDifference, /) -> str:
    """A difference as lines: `+` added, `-` removed, `~` changed."""
    lines = [f"{difference.id}: {difference.state}{_fields(difference.fields)}"]
    lines += _some("-", difference.removed)
    lines += _some("+", difference.added)
    for old, new in difference.changed[:MOST_SENTENCES]:
        lines += [f"  ~ {shortened(old)}", f"    {shortened(new)}"]
    if len(difference.changed) > MOST_SENTENCES:
        lines.append(f"  ~ and {len(difference.changed) - MOST_SENTENCES} more")
    return "\n".join(lines)


def shortened(text: str, /) -> str:
    """The beginning of a text, as long as a line."""
    return text if len(text) <= LONGEST_LINE else f"{text[: LONGEST_LINE - 1]}…"


def _fields(names: Iterable[str]) -> str:
    listed = ", ".join(names)
    return f" ({listed})" if listed else ""


def _some(mark: str, sentences: tuple[str, ...]) -> list[str]:
    lines = [f"  {mark} {shortened(sentence)}" for sentence in sentences[:MOST_SENTENCES]]
    return lines + ([f"  {mark} and {len(sentences) - MOST_SENTENCES} more"] if len(sentences) > MOST_SENTENCES else [])
