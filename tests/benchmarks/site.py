"""`python -m tests.benchmarks.site`: a site of seven articles on restless legs, six of which nobody labelled.

Flows in: the project's article and `sites/restless-legs/`, by a hand of its own, which no training reads; the model for any
article was fitted on its questions among others. Flows out: a table with Wilson intervals: of the site, and of questions on
the project's article alone and beside articles on other subjects; and of each of the six alone, with the questions that it
answers and those that none of the seven does.
"""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tqdm import tqdm

from assistant import Assistant, Kind
from assistant.evaluation.figures import Rate
from assistant.evaluation.labelled import LabelledQuestion, Outcome, judge, read_questions
from assistant.training.labels import MAIN, read_document
from corpus import Document, load_article
from index import Encoder, build, current_version, open_version
from index.encoding.sentence_transformer import load_encoder
from index.encoding.weights import DEFAULT_MODEL
from settings import PROJECT
from tests.second_hand import second_hand

SITE = Path(__file__).with_name("sites") / "restless-legs"
ARTICLES = PROJECT / "tests" / "questions" / "own-articles"
OTHERS = (
    "skin-psoriasis",
    "skin-shingles",
    "teeth-dry-mouth",
    "teeth-implants",
    "teeth-gum-disease",
)  # no training read them


def main() -> None:
    """Ask everything and print the table."""
    article, encoder = load_article(PROJECT / "corpus" / "articles" / MAIN), load_encoder(DEFAULT_MODEL)
    own, others = documents_in(SITE.glob("*.md")), documents_in(ARTICLES / f"{slug}.md" for slug in OTHERS)
    asked, varied = read_questions(SITE / "questions.jsonl"), second_hand("varied")
    print("| corpus and questions | measure | count | of | share | 95 % |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, corpora in (
        ("seven articles on restless legs, their questions", [([article, *own], asked)]),
        ("each of six of them alone", [([one], on_it_alone(one, asked)) for one in own]),
        ("the project's article, questions on it", [([article], varied)]),
        ("beside one other article", [([article, *others[:1]], varied)]),
        ("beside five other articles", [([article, *others], varied)]),
    ):
        found = [outcome for documents, questions in corpora for outcome in outcomes(documents, questions, encoder)]
        for measure, rate in rates(found):
            low, high = rate.interval
            print(
                f"| {name} | {measure} | {rate.count} | {rate.total} | {rate.value:.1%} | {low:.1%} to {high:.1%} |",
                flush=True,
            )


def on_it_alone(document: Document, asked: Iterable[LabelledQuestion], /) -> list[LabelledQuestion]:
    """The questions that need no turn before them, and that this article answers or no article does."""
    alone = (one for one in asked if len(one.turns) == 1)
    return [one for one in alone if one.expect == Kind.UNANSWERED or any(gold in document.text for gold in one.gold)]


def documents_in(paths: Iterable[Path], /) -> list[Document]:
    """The articles of some files."""
    return [read_document(path) for path in sorted(paths)]


def outcomes(
    documents: list[Document],
    questions: Sequence[LabelledQuestion],
    encoder: Encoder,
    /,
    *,
    multilingual: Encoder | None = None,
) -> list[Outcome]:
    """What an assistant on these documents answers; with `multilingual` its sentences are read for other languages, too."""
    with tempfile.TemporaryDirectory() as name:
        build(documents, encoder=encoder, index_dir=Path(name), multilingual=multilingual)
        assistant = Assistant(open_version(Path(name), current_version(Path(name))), encoder)
        return [judge(question, assistant.ask(question.turns).as_dict()) for question in tqdm(questions, delay=2)]


def rates(found: Sequence[Outcome], /) -> Iterator[tuple[str, Rate]]:
    """Right outcomes; answerable ones answered right, near misses left unanswered, first quotes that are right."""
    yield "right outcome", rate(outcome.is_right for outcome in found)
    for kind in (Kind.ANSWER, Kind.UNANSWERED):
        yield f"expects {kind.value}: right", rate(one.is_right for one in found if one.question.expect == kind)
    yield "first quote right", rate(any(one.hits[:1]) for one in found if one.kind == Kind.ANSWER)
    yield (
        "answerable, declined as advice",
        rate(one.kind == Kind.ADVICE for one in found if one.question.expect == Kind.ANSWER),
    )


def rate(found: Iterable[bool], /) -> Rate:
    """How many of them are so."""
    held = list(found)
    return Rate(sum(held), len(held))


if __name__ == "__main__":
    main()
