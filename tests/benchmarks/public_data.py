"""Articles and questions that no training read and no hand of ours wrote: SQuAD 2's development set and MedQuAD.

    python -m tests.benchmarks.public_data squad squad2_dev.json.gz
    python -m tests.benchmarks.public_data medquad corpus.jsonl.gz queries.jsonl.gz qrels_dedup.tsv.gz

SQuAD: each article is a corpus of its own. Measured: whether the first sentence holds an answer, and how well the
probability of an answer tells answerable questions from unanswerable ones (AUROC). MedQuAD: all articles in one corpus.
Measured: whether the first sentence stands in a right article, how many questions are answered, and how many still when
every article on their disease is left out. Neither data set is committed.
"""

import gzip
import json
import random
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from sklearn.metrics import roc_auc_score
from tqdm import tqdm

from assistant import Assistant, Kind
from assistant.evaluation.figures import Rate
from corpus import Document, Section, Source
from index import Encoder, build, current_version, encoder_for, load_encoder, open_version
from index.encoding.weights import DEFAULT_MODEL

app = typer.Typer(add_completion=False, rich_markup_mode=None)


def document_of(slug: str, title: str, paragraphs: Sequence[str]) -> Document:
    """An article without headings."""
    text = "\n\n".join((title, *(" ".join(paragraph.split()) for paragraph in paragraphs)))
    source = Source(title, "", "", "", None, date.min, "", "")
    return Document(slug, text, (Section(title, len(title) + 2, len(text)),), source)


def assistant_on(documents: list[Document], encoder: Encoder, folder: Path, /) -> Assistant:
    """An assistant on these documents alone, as a server has it."""
    build(documents, encoder=encoder, index_dir=folder)
    version = open_version(folder, current_version(folder))
    return Assistant(version, encoder_for(version, folder, model=DEFAULT_MODEL))


def best(assistant: Assistant, question: str, /) -> tuple[str, str, float] | None:
    """The best sentence with its article, and the probability that the corpus answers; `None` if a rule decides.

    That is what an answer's threshold is held against: that this sentence answers, or that another does.
    """
    if (found := assistant.found([question])) is None:
        return None
    passage = assistant.retriever.hits(found, count=1)[0].passage
    text = assistant.version.documents[passage.document_id].text[passage.start : passage.end]
    return text, passage.document_id, found.outcomes[Kind.ANSWER] + found.outcomes["lost"]


@app.command()
def squad(file: Path, questions: Annotated[int, typer.Option(help="how many, spread over the articles")] = 2_000) -> None:
    """Print the figures as JSON."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        articles = json.load(lines)["data"]
    total, encoder = sum(len(p["qas"]) for a in articles for p in a["paragraphs"]), load_encoder(DEFAULT_MODEL)
    firsts: list[bool] = []
    answerable: list[bool] = []
    surely: list[float] = []
    for article in tqdm(articles, desc="Articles"):
        document = document_of("article", article["title"].replace("_", " "), [p["context"] for p in article["paragraphs"]])
        with tempfile.TemporaryDirectory() as name:
            assistant = assistant_on([document], encoder, Path(name))
            for asked in _spread(article, max(1, total // questions)):
                if (found := best(assistant, asked["question"])) is None:
                    continue
                sentence, _, probability = found
                answerable.append(not asked["is_impossible"])
                surely.append(probability)
                if answerable[-1]:
                    firsts.append(any(" ".join(answer["text"].split()) in sentence for answer in asked["answers"]))
    print(
        json.dumps(
            {
                "questions": len(surely),
                "first sentence holds an answer": Rate(sum(firsts), len(firsts)).as_dict(),
                "AUROC of answerable": round(float(roc_auc_score(answerable, surely)), 4),
            },
            indent=1,
        )
    )


def _spread(article: dict[str, Any], step: int) -> Iterator[dict[str, Any]]:
    asked = [question for paragraph in article["paragraphs"] for question in paragraph["qas"]]
    yield from asked[::step]


@app.command()
def medquad(
    corpus: Path,
    queries: Path,
    qrels: Path,
    articles: Annotated[int, typer.Option(help="how many of them, spread over the file")] = 1_000_000,
    questions: Annotated[int, typer.Option(help="how many")] = 1_000,
) -> None:
    """Print the figures as JSON."""
    rows = _lines(corpus)
    rows = rows[:: max(1, len(rows) // articles)][:articles]
    slugs = {row["id"]: f"article-{number:05}" for number, row in enumerate(rows)}
    right = defaultdict(set)
    with gzip.open(qrels, "rt", encoding="utf-8") as lines:
        for query, article, _ in (line.split("\t") for line in list(lines)[1:]):
            right[query].add(article)
    focus = {slugs[row["id"]]: row["focus"].casefold() for row in rows}
    documents = [document_of(slugs[r["id"]], f"{r['focus']} ({r['qtype']})", r["text"].split("\n")) for r in rows]
    asked = [query for query in _lines(queries) if query["id"] in slugs]
    random.Random(7).shuffle(asked)
    firsts: list[bool] = []
    answered: list[bool] = []
    unanswerable: list[bool] = []
    with tempfile.TemporaryDirectory() as name:
        assistant = assistant_on(documents, load_encoder(DEFAULT_MODEL), Path(name))
        for one in tqdm(asked[:questions], desc="Questions"):
            if (found := best(assistant, one["text"])) is None:
                continue
            firsts.append(found[1] in {slugs.get(article) for article in right[one["id"]]})
            answered.append(assistant.ask([one["text"]]).kind is Kind.ANSWER)
            others = frozenset(slug for slug, about in focus.items() if about != one["focus"].casefold())
            unanswerable.append(assistant.limited_to(others).ask([one["text"]]).kind is Kind.ANSWER)
    named = {"right article first": firsts, "answered": answered, "answered without any article on it": unanswerable}
    rates = {measure: Rate(sum(held), len(held)).as_dict() for measure, held in named.items()}
    print(json.dumps({"articles": len(documents), "passages": len(assistant.version.passages), **rates}, indent=1))


def _lines(file: Path) -> list[dict[str, Any]]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


if __name__ == "__main__":
    app()
