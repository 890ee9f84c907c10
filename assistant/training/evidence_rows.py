"""Held-out questions as serving sees them: encoded by the serving encoder, with the evidence of their article's passages.

Flows in: questions, articles, an encoder with the adapter folded in. Flows out: one row a question. No torch.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from assistant.answer import Kind
from assistant.evidence import Evidence, PassageSet, TokenWeights, evidence_of, passage_set
from assistant.neighbours import LabelledQuestions, Votes
from assistant.training.encodings import pooled
from assistant.training.labels import Article, Labels, Question
from corpus.storage import sha256_of
from index import Encoder, Encoding
from index.encoding_cache import encode_with_cache
from index.words import packed_words


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """A question with all that is known of it before anything is fitted; `votes` where its article is the labelled one."""

    question: Question
    article: Article
    encoding: Encoding
    evidence: Evidence
    votes: Votes | None = None


def evidence_rows(
    asked: Sequence[Question],
    labels: Labels,
    encoder: Encoder,
    weights: TokenWeights,
    /,
    *,
    neighbours: LabelledQuestions,
    cache: Path,
) -> list[EvidenceRow]:
    """One row for each question, in order.

    Args:
        asked: questions that neither the encoder nor `neighbours` has seen.
        labels: their articles.
        encoder: the one that serves.
        weights: of its tokens.
        neighbours: labelled questions of the main article.
        cache: a file for the encodings of passages, as an index keeps one.
    """
    slugs = sorted({question.slug for question in asked})
    passages = {slug: encoded_passages(labels.articles[slug], encoder, cache=cache) for slug in slugs}
    rows = []
    for question in tqdm(asked, desc="Evidence", unit="question", delay=2):
        encoding = encoder.encode([question.text])[0]
        evidence = evidence_of(encoding, passages[question.slug], weights)
        votes = neighbours.votes(encoding) if question.slug == labels.main else None
        rows.append(EvidenceRow(question, labels.articles[question.slug], encoding, evidence, votes))
    return rows


def encoded_passages(article: Article, encoder: Encoder, /, *, cache: Path) -> PassageSet:
    """An article's passages, competing as they do when it is the whole corpus."""
    vectors, _ = encode_with_cache(article.reading_texts, encoder=encoder, cache=cache)
    headings = [passage.section for passage in article.passages]
    return passage_set(
        vectors.pooled,
        vectors.tokens.astype(np.float32),  # packed: passage after passage
        vectors.spans[:, 0],
        words=packed_words(headings, article.sentences),
        headings=headings,
        documents=[passage.document_id for passage in article.passages],
    )


def neighbours_of(labels: Labels, encoder: Encoder, /) -> LabelledQuestions:
    """The labelled questions of the main article, to vote on new ones."""
    article, asked = labels.articles[labels.main], labels.asked_main
    gold = np.zeros((len(asked), len(article.passages)), dtype=np.float32)
    for row, question in enumerate(asked):
        gold[row, list(question.gold)] = 1.0
    kinds = np.array([list(Kind).index(question.expect) for question in asked])
    text_sha256 = sha256_of(article.document.text.encode("utf-8"))
    return LabelledQuestions(text_sha256, pooled(encoder, [question.text for question in asked]), gold, kinds)
