"""`python -m tests.benchmarks.other_languages`: two sites of seven articles, asked in English and in four other languages.

Flows in: a hundred of the questions on the site of restless legs, six of whose articles nobody labelled, and sixteen on a
site of allergies, on whose articles the English encoder was trained, which flatters English; each with what a visitor would
type in Spanish, German, Chinese and Arabic. Flows out: a table with a row for each language: counts with Wilson intervals,
and what share these are of what English gets. All are asked on an English page.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from assistant.answer import Kind
from assistant.evaluation.figures import Rate
from assistant.evaluation.labelled import LabelledQuestion, Outcome, read_questions
from assistant.training.labels import MAIN
from corpus import Document, load_article
from index import load_encoder
from index.encoding.multilingual import multilingual_encoder
from index.encoding.weights import DEFAULT_MODEL
from settings import PROJECT
from tests.benchmarks.site import ARTICLES, SITE, documents_in, outcomes, rate

LANGUAGES = ("es", "de", "zh", "ar")
ALLERGIES = [*sorted(ARTICLES.glob("allergy-*.md")), ARTICLES / "asthma.md"]
ALLERGIES_TRANSLATED = PROJECT / "tests" / "samples" / "translated-site.jsonl"


def main() -> None:
    """Ask everything and print the table."""
    encoder, multilingual = load_encoder(DEFAULT_MODEL), multilingual_encoder()
    for number, (name, documents, asked) in enumerate(sites()):
        english: dict[str, Rate] = {}
        found = outcomes(documents, asked, encoder, multilingual=multilingual)
        for code in ("en", *LANGUAGES):
            rates = dict(measures([one for one in found if one.question.asked_in == code]))
            english = english or rates
            if not number and code == "en":
                print(f"| site | language | {' | '.join(rates)} |\n| --- | --- |{' --- |' * len(rates)}")
            cells = (cell(rates[measure], None if code == "en" else english[measure]) for measure in rates)
            print(f"| {name} | {code} | {' | '.join(cells)} |", flush=True)


def sites() -> Iterator[tuple[str, list[Document], list[LabelledQuestion]]]:
    """Each site: its name, its articles, its questions in all languages."""
    main_article = load_article(PROJECT / "corpus" / "articles" / MAIN)
    yield "restless legs", [main_article, *documents_in(SITE.glob("*.md"))], in_all_languages()
    labelled = {one.id: one for path in ALLERGIES for one in read_questions(path.with_suffix(".jsonl"))}
    rows = [json.loads(line) for line in ALLERGIES_TRANSLATED.read_text(encoding="utf-8").splitlines()]
    asked = [labelled[row["id"]] for row in rows]
    asked += [replace(labelled[row["id"]], turns=(row[code],), language=code) for code in LANGUAGES for row in rows]
    yield "allergies", documents_in(ALLERGIES), asked


def in_all_languages() -> list[LabelledQuestion]:
    """The questions on restless legs that were written in other languages, in these and in English."""
    translated = [one for code in LANGUAGES for one in read_questions(SITE / f"questions.{code}.jsonl")]
    ids = {one.id for one in translated}
    return [*(one for one in read_questions(SITE / "questions.jsonl") if one.id in ids), *translated]


def measures(found: Sequence[Outcome], /) -> Iterator[tuple[str, Rate]]:
    """Right outcomes, of all and by what is expected, and first quotes that are right where there are quotes."""
    yield "right outcome", _right(found)
    yield "answerable: right", _right(one for one in found if one.question.expect == Kind.ANSWER)
    yield "first quote right", rate(any(one.hits[:1]) for one in found if one.kind == Kind.ANSWER)
    for kind, name in ((Kind.UNANSWERED, "near misses: silent"), (Kind.ADVICE, "advice"), (Kind.URGENT, "urgent")):
        yield name, _right(one for one in found if one.question.expect == kind)


def cell(counted: Rate, english: Rate | None, /) -> str:
    """A count with its interval and, beside English, its share of what English gets; empty where nothing was asked."""
    if not counted.total:
        return ""
    low, high = counted.interval
    share = f"; {counted.value / english.value:.2f} of en" if english is not None and english.value else ""
    return f"{counted.count:.0f} of {counted.total}, {counted.value:.2f} ({low:.2f} to {high:.2f}){share}"


def _right(found: Iterable[Outcome]) -> Rate:
    return rate(one.is_right for one in found)


if __name__ == "__main__":
    main()
