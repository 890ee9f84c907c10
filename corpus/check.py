"""Everything that is wrong with a corpus, each fault with what to do about it."""

from collections import Counter
from pathlib import Path

from corpus.errors import CorpusError
from corpus.hostile_text.faults import doubts_of, faults_of
from corpus.library import SLUG, ArticleLayout, accepted_doubts_of, article_folders, load_article, read_record
from corpus.site import load_site


def check_corpus(corpus_dir: Path, /) -> list[CorpusError]:
    """Check every article and return all faults; none means that the corpus may be published.

    Raises:
        CorpusError: there is no corpus at that place.
    """
    folders = article_folders(corpus_dir)
    if not folders:
        return [CorpusError(f"{corpus_dir} holds no article.", remedy="Add one: `python -m corpus add FILE`.")]
    faults = [fault for folder in folders for fault in check_article(folder)]
    try:
        load_site(corpus_dir)
    except CorpusError as fault:
        faults.append(fault)
    return faults + _duplicate_ids(folders)


def check_article(folder: Path, /) -> list[CorpusError]:
    """The faults of one article."""
    try:
        document = load_article(folder)
    except CorpusError as fault:
        return [fault]
    faults = []
    if document.id != folder.name or not SLUG.fullmatch(document.id):
        faults.append(
            CorpusError(
                f"{folder.name}: its id is {document.id!r}.",
                remedy="Give the folder and the id the same name: small letters, digits and hyphens.",
            )
        )
    quotable = [document.text[section.start : section.end] for section in document.sections]
    if not any(text.strip() for text in quotable):
        faults.append(CorpusError(f"{folder.name}: the article is empty.", remedy="Remove its folder, or add its text."))
    faults += [
        CorpusError(f"{folder.name}: {fault}.", remedy="Take that out of the source, and add the article again.")
        for fault in faults_of(document)
    ]
    accepted = accepted_doubts_of(folder)
    faults += [
        CorpusError(
            f"{folder.name}: {doubt}", remedy="Take that out of the source, or add the article with --accept-doubts."
        )
        for doubt in doubts_of(document)
        if doubt not in accepted
    ]
    headings = {section.heading for section in document.sections}
    faults += [
        CorpusError(
            f"{folder.name}: questions.json names a section {heading!r} that the article does not have.",
            remedy=f"Its sections: {'; '.join(sorted(headings))}.",
        )
        for heading in sorted({question.section for question in document.questions} - headings)
    ]
    edge = 0
    for section in document.sections:
        if not edge <= section.start <= section.end <= len(document.text):
            faults.append(
                CorpusError(
                    f"{folder.name}: section {section.heading!r} lies outside the text or overlaps another.",
                    remedy="Add the article again: `python -m corpus add FILE`.",
                )
            )
        edge = section.end
    return faults


def _duplicate_ids(folders: list[Path]) -> list[CorpusError]:
    ids: Counter[str] = Counter()
    for folder in folders:
        try:
            ids[read_record(ArticleLayout(folder))["id"]] += 1
        except CorpusError:
            continue  # reported with the article itself
    return [
        CorpusError(f"{count} articles have the id {id_!r}.", remedy="Give each its own id, the name of its folder.")
        for id_, count in ids.items()
        if count > 1
    ]
