"""What a maintainer says of an article that is there: other provenance, and that it was reviewed.

Flows in: an article's folder. Neither reads the article's file again. The right to change the corpus must be held.
"""

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from corpus.changing import put_article
from corpus.document import Document
from corpus.durable import write_json
from corpus.errors import CorpusError
from corpus.incoming.candidate import Stated, restated
from corpus.library import ArticleLayout, accepted_doubts_of, fetched_of, load_article, read_record

DUE_AFTER_DAYS = 365  # health information is looked through once a year


@dataclass(frozen=True, slots=True)
class Review:
    """That somebody read an article on a `day`, and found that it holds. `sha256` is of the text that was read."""

    day: date
    by: str
    sha256: str


def edit_article(folder: Path, stated: Stated, /) -> Document:
    """Give an article the provenance that is stated; all else of it stays.

    Raises:
        CorpusError: what is stated cannot be used.
    """
    after = restated(load_article(folder), stated)
    layout = ArticleLayout(folder)
    put_article(
        after,
        original=layout.original(read_record(layout)["original_suffix"]),
        corpus_dir=folder.parent,
        fetched=fetched_of(folder),
        doubts=accepted_doubts_of(folder),
    )
    return after


def keep_review(folder: Path, /, *, by: str) -> Review:
    """Remember that the article was reviewed today, as it is."""
    review = Review(date.today(), " ".join(by.split()), read_record(ArticleLayout(folder))["text_sha256"])
    write_json(ArticleLayout(folder).review, asdict(review) | {"day": review.day.isoformat()})
    return review


def review_of(folder: Path, /) -> Review | None:
    """The last review of an article; `None` without one.

    Raises:
        CorpusError: its file is damaged.
    """
    try:
        stated = json.loads(ArticleLayout(folder).review.read_bytes())
        return Review(date.fromisoformat(stated["day"]), str(stated["by"]), str(stated["sha256"]))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError):
        raise CorpusError(
            f"{folder.name}: review.json is not a review.", remedy="Delete it, and review the article again."
        ) from None


def why_due(folder: Path, /, *, today: date) -> str:
    """Why an article is due for a review; empty if it is not."""
    review = review_of(folder)
    if review is None:
        return "never reviewed"
    if review.sha256 != read_record(ArticleLayout(folder))["text_sha256"]:
        return "its text changed since it was reviewed"
    if (today - review.day).days > DUE_AFTER_DAYS:
        return f"reviewed more than {DUE_AFTER_DAYS} days ago"
    return ""
