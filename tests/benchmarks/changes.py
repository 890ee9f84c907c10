"""`python -m tests.benchmarks.changes`: what a change of the corpus costs the project's article.

One word of one sentence is edited, sentence after sentence; then one, five and forty articles on other subjects are added.
Flows in: 420 questions by a hand that saw no other. Flows out: two tables of right outcomes against those of the corpus as
it is. The forty are on health and the world, most of them read in training; the first five are those of `site`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.evaluation.labelled import LabelledQuestion
from assistant.training.labels import MAIN
from corpus import Document, Section, load_article
from index.encoding.sentence_transformer import load_encoder
from index.encoding.weights import DEFAULT_MODEL
from index.passages import split
from settings import PROJECT
from tests.benchmarks.site import ARTICLES, OTHERS, documents_in, outcomes
from tests.second_hand import second_hand

# What an editor may write instead; the meaning stays. The first of them that a sentence holds is replaced once.
INSTEAD = {
    "often": "frequently",
    "can": "may",
    "may": "might",
    "significantly": "greatly",
    "is": "is now",
    "are": "are now",
    "have": "have now",
    "could": "might",
    "including": "such as",
    "correlate": "go together",
    "believe": "think",
    "crucial": "central",
}
FORTY = 40


def main() -> None:
    """Ask everything and print both tables."""
    article, encoder = load_article(PROJECT / "corpus" / "articles" / MAIN), load_encoder(DEFAULT_MODEL)
    questions = second_hand("varied")
    unchanged = [one.is_right for one in outcomes([article], questions, encoder)]
    print(f"Unchanged: {sum(unchanged)} of {len(questions)} right.\n")
    print("| a sentence with one word edited | right | outcomes that differ |\n| --- | --- | --- |")
    totals = []
    for edited, sentence, asked in edits(article, questions):
        right = [one.is_right for one in outcomes([edited], asked, encoder)]
        totals.append(sum(right))
        differ = sum(one != before for one, before in zip(right, unchanged, strict=True))
        print(f"| {sentence} | {sum(right)} | {differ} |", flush=True)
    print(
        f"\nMean over {len(totals)} edits: {sum(totals) / len(totals):.2f}.\n\n| articles beside it | right |\n| --- | --- |"
    )
    others = [ARTICLES / f"{slug}.md" for slug in OTHERS]
    rest = [path for path in sorted(ARTICLES.glob("*.md")) if path not in others and not path.stem.startswith("rls")]
    others += rest[:: max(1, len(rest) // (FORTY - len(others)))][: FORTY - len(others)]
    for count in (1, 5, FORTY):
        documents = [document for path in others[:count] for document in documents_in([path])]
        print(
            f"| {count} | {sum(one.is_right for one in outcomes([article, *documents], questions, encoder))} |", flush=True
        )


def edits(
    article: Document, questions: Sequence[LabelledQuestion], /
) -> Iterator[tuple[Document, str, list[LabelledQuestion]]]:
    """The article with one word of one sentence edited, that sentence, and the questions with their gold edited alike."""
    for passage in split(article):
        before = article.text[passage.start : passage.end]
        word = next((word for word in INSTEAD if re.search(rf"\b{word}\b", before)), None)
        if word is None:
            continue
        after = re.sub(rf"\b{word}\b", INSTEAD[word], before, count=1)
        longer = len(after) - len(before)
        sections = tuple(
            Section(
                one.heading,
                one.start + longer * (one.start > passage.start),
                one.end + longer * (one.end > passage.start),
            )
            for one in article.sections
        )
        text = article.text[: passage.start] + after + article.text[passage.end :]
        yield (
            replace(article, text=text, sections=sections),
            after,
            [replace(one, gold=tuple(_edited(gold, before, word) for gold in one.gold)) for one in questions],
        )


def _edited(gold: str, sentence: str, word: str) -> str:
    """A gold text, or its piece of the sentence, as it stands after the edit."""
    place = sentence.find(gold) if gold else -1
    edited_at = re.search(rf"\b{word}\b", sentence)
    if place < 0 or edited_at is None or not place <= edited_at.start() < place + len(gold):
        return gold
    at = edited_at.start() - place
    return gold[:at] + INSTEAD[word] + gold[at + len(word) :]


if __name__ == "__main__":
    main()
