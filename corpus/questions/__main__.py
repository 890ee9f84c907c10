"""`python -m corpus questions`: what an article offers to visitors, what it could, and which sentences nothing reaches.

An entry point like `app.py`: to tell what questions reach it may use the assistant, which stands right of the corpus.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Annotated, Any

import click
import typer

from assistant import Assistant
from assistant.answer import Kind
from assistant.reach import Reach, reached_by
from corpus import command_line
from corpus.changing import changing
from corpus.command_line import AsJson, DryRun, Yes, consent, print_json
from corpus.document import Document, OwnerLabel
from corpus.errors import CorpusError, ShownError
from corpus.library import article_folder, load_article
from corpus.preview import shortened
from corpus.questions import as_lines, from_lines, in_order, section_called, with_added, with_removed
from corpus.questions.change import Change, as_row, label_as_line
from corpus.questions.labelling import labels_from_lines, sentence_beginning, with_label, without_label
from corpus.questions.proposing import proposed
from index.passages import split
from settings import Settings

NO_ANSWER = "  (gets no answer)"
GONE = "  (edited or gone)"
LABEL = re.compile(r"[lL]([1-9]\d{0,5})")  # the number of a label, as listed

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def questions(
    slug: str,
    add: Annotated[
        list[str] | None,
        typer.Option(help="a question to offer, or to label with --answers or --unanswered; may be given again"),
    ] = None,
    answers: Annotated[
        list[str] | None,
        typer.Option(help="label the question: the first words of a sentence that answers it; may be given again"),
    ] = None,
    is_unanswered: Annotated[
        bool, typer.Option("--unanswered", help="label the question: the article does not say")
    ] = False,
    labels: Annotated[
        Path | None, typer.Option(help="a file of labels, each a line: question | first words of the sentence, or nothing")
    ] = None,
    section: Annotated[str, typer.Option(help="its section, by the beginning of the heading")] = "",
    topic: Annotated[str, typer.Option(help="a short name for what it is about")] = "",
    remove: Annotated[
        list[str] | None, typer.Option(help="a question to withdraw, by number or words; L1 is label 1")
    ] = None,
    is_edited: Annotated[bool, typer.Option("--edit", help="open them in $EDITOR")] = False,
    is_taken: Annotated[bool, typer.Option("--take-proposed", help="add those that the headings suggest")] = False,
    is_reach: Annotated[
        bool, typer.Option("--reach/--no-reach", help="ask them, and tell which sentences none reaches")
    ] = True,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """List and change the questions that an article offers; propose some; show which sentences none reaches.

    With --answers or --unanswered a question is labelled and not offered: from the next build on it decides what those who
    ask nearly the same are shown. Nothing needs to be trained for it.
    """
    settings = Settings.from_environment()
    folder = article_folder(settings.corpus_dir, slug)
    _check_label(add, answers, is_unanswered=is_unanswered)
    if not (add or remove or labels or is_edited or is_taken):
        _list(load_article(folder), settings, is_reach=is_reach, as_json=as_json)
        return
    agreed = consent(dry_run=dry_run, yes=yes, as_json=as_json)
    with changing(settings.corpus_dir):
        before = load_article(folder)
        after = before
        for which in sorted(remove or (), key=_number, reverse=True):  # from the last, so that the numbers hold
            after = _without(after, which)
        for question in add or ():
            if answers or is_unanswered:
                found = [sentence_beginning(_sentences(after), words) for words in answers or ()]
                after = with_label(after, question, answers=found)
            else:
                after = with_added(after, question, section=section_called(after, section), topic=topic)
        after = after if labels is None else labels_from_lines(after, _read(labels), sentences=_sentences(after))
        after = _edited(after) if is_edited else after
        after = _with_proposed(after, is_asked=agreed.is_asked) if is_taken else after
        change = Change.between(before, after)
        if not as_json:
            print("\n".join(change.lines()) or "Nothing changes.")
        is_written = change != Change() and agreed.to(f"\nWrite this to {slug}?")
        if is_written:
            change.write(after, folder)
    if as_json:
        print_json({"id": slug, **change.plain(), "written": is_written})
    elif is_written:
        has = f"offers {len(after.questions)} questions and has {len(after.labels)} labels"
        print(f"\n{slug} {has}. They count after `python -m index build`.")


def _check_label(add: Sequence[str] | None, answers: Sequence[str] | None, *, is_unanswered: bool) -> None:
    """Refuse a label that says two things, or has no question.

    Raises:
        CorpusError: what it lacks, or has too much.
    """
    if answers and is_unanswered:
        raise CorpusError("a question cannot have --answers and be --unanswered.", remedy="Leave one of them out.")
    if (answers or is_unanswered) and not add:
        raise CorpusError("--answers and --unanswered label a question.", remedy='Give it: --add "What is it?".')


def _without(document: Document, which: str) -> Document:
    label = LABEL.fullmatch(which.strip())
    return without_label(document, int(label[1])) if label else with_removed(document, which)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise CorpusError(f"{path} cannot be read as text.", remedy="Name a file of labels in UTF-8.") from None


def _sentences(document: Document) -> list[str]:
    """All that can be quoted of an article, as the index splits it."""
    return [document.text[passage.start : passage.end] for passage in split(document)]


def _list(document: Document, settings: Settings, *, is_reach: bool, as_json: bool) -> None:
    reach, unknown = _reach(document, settings) if is_reach else (None, "")
    if as_json:
        print_json(_plain(document, reach, unknown))
    else:
        print("\n".join(_told(document, reach, unknown)).removeprefix("\n"))


def _with_proposed(document: Document, *, is_asked: bool) -> Document:
    for own in proposed(document):
        if not is_asked or typer.confirm(f"Offer “{own.question}” ({shortened(own.section)})?"):
            document = with_added(document, own.question, section=own.section)
    return document


def _number(which: str) -> int:
    """The number of a question or of a label; 0 for words."""
    bare = which.strip().lstrip("#Ll")
    return int(bare) if bare.isdecimal() else 0


def _edited(document: Document) -> Document:
    """What the maintainer makes of the list in an editor."""
    text = click.edit(as_lines(document), extension=".txt")
    return document if text is None else from_lines(document, text)


def _reach(document: Document, settings: Settings) -> tuple[Reach | None, str]:
    """What its questions reach, or why that is not known."""
    try:
        return reached_by(Assistant.load(settings=settings), document), ""
    except ShownError as error:
        return None, str(error)


def _gone(label: OwnerLabel, sentences: Collection[str]) -> bool:
    """Whether an answer no longer stands in the article word for word; one that is nearly the same still counts."""
    return any(answer not in sentences for answer in label.answers)


def _plain(document: Document, reach: Reach | None, unknown: str) -> dict[str, Any]:
    listed, sentences = in_order(document), set(_sentences(document))
    answers = reach.answers if reach else [None] * len(listed)
    return {
        "id": document.id,
        "questions": [
            {"number": number, **as_row(own), "kind": answer.kind if answer else None}
            for number, (own, answer) in enumerate(zip(listed, answers, strict=True), 1)
        ],
        "labels": [asdict(own) | {"gone": _gone(own, sentences)} for own in document.labels],
        "proposed": [as_row(own) for own in proposed(document)],
        "reach_unknown": unknown,
        "sentences": reach.sentences if reach else None,
        "unreached": [
            {"section": p.section, "start": p.start, "end": p.end, "sentence": document.text[p.start : p.end]}
            for p in reach.unreached
        ]
        if reach
        else None,
    }


def _told(document: Document, reach: Reach | None, unknown: str) -> Iterator[str]:
    plain = _plain(document, reach, unknown)
    for section, rows in groupby(plain["questions"], key=itemgetter("section")):
        yield f"\n{shortened(section)}"
        for row in rows:
            yield f"{row['number']:>4}. {row['question']}{'' if row['kind'] in {None, Kind.ANSWER} else NO_ANSWER}"
    if document.labels:
        yield "\nLabelled by you (not offered):"
    for number, (own, row) in enumerate(zip(document.labels, plain["labels"], strict=True), 1):
        yield f"{f'L{number}':>5} {label_as_line(own)}{GONE if row['gone'] else ''}"
    if plain["proposed"]:
        yield "\nProposed by its headings (take them with --take-proposed, or --add your own):"
        yield from (f"   +  {row['question']}" for row in plain["proposed"])
    if unknown:
        yield f"\n{unknown}"
    elif reach is not None:
        yield f"\n{len(reach.unreached)} of {reach.sentences} sentences are reached by no question:"
        for section, rows in groupby(plain["unreached"], key=itemgetter("section")):
            yield f"  {shortened(section)}"
            yield from (f"    {row['start']:>6}  {shortened(row['sentence'])}" for row in rows)


if __name__ == "__main__":
    command_line.run(app, name="python -m corpus.questions")
