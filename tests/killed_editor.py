"""Changes articles as the desk does, in a child that is killed at random moments: `killed_editor.py FOLDER KILLS SEED`.

After every kill each article must be whole, as it was before a change or after it, and the next desk must start at once.
Prints what was seen as JSON.
"""

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from pathlib import Path

from corpus.changing import save_article
from corpus.editing import review_of
from corpus.incoming.candidate import Candidate, Stated
from corpus.incoming.sources import HandedOver
from corpus.library import load_article, load_corpus
from corpus.questions import with_added, with_removed
from desk import Desk, articles
from desk.reading import Waiting, state_of
from desk.trying import keep_label
from tests.conftest import make_document
from tests.desks import make_desk

LONGEST_SECONDS = 0.3
MOST_SECONDS = 60  # of an editor whom nobody kills
AUTHORS = ("A. Writer", "B. Writer")
TEXTS = ("Tea is a drink. It is hot.", "Tea is a leaf. It is green.")
QUESTION = "Is tea hot?"


def waiting_for(desk: Desk, text: str) -> Waiting:
    """A file that was read, as `add` takes it."""
    path = desk.inbox / "tea" / "tea.txt"
    path.parent.mkdir(exist_ok=True)
    document = make_document(paragraphs=[text] * 40)
    path.write_text(document.text, encoding="utf-8")
    candidate = Candidate(document, path, None, ())
    return Waiting("tea.txt", HandedOver(path), candidate, (), "tea", state_of(desk.corpus_dir / "tea"), is_refresh=True)


def edit_until_killed(desk: Desk) -> None:
    """Replace, edit, offer, withdraw, label, over and over; and remove another article, and add it again."""
    turn, until = 0, time.monotonic() + MOST_SECONDS
    while time.monotonic() < until:
        turn += 1
        waiting = waiting_for(desk, TEXTS[turn % 2])
        articles.add(desk, waiting, Stated(), accepted=(), is_replacing=True, reviewed_by="Ada")
        seen = state_of(desk.corpus_dir / "tea")
        articles.edit(desk, "tea", Stated(author=AUTHORS[turn % 2]), seen=seen)
        articles.change_questions(desk, "tea", lambda d: with_added(d, QUESTION, section=d.sections[0].heading))
        keep_label(desk, "tea", QUESTION, [])
        articles.change_questions(desk, "tea", lambda d: with_removed(d, QUESTION))
        if (desk.corpus_dir / "ale").exists():
            articles.remove(desk, "ale")


def look(desk: Desk) -> Counter[str]:
    """What a kill left."""
    seen: Counter[str] = Counter()
    seen["was cut off in the middle"] += (desk.corpus_dir / ".outgoing").exists() or (desk.corpus_dir / ".incoming").exists()
    articles.settle(desk)
    seen["lock free at once"] += 1
    documents = {document.id: document for document in load_corpus(desk.corpus_dir)}
    tea = documents["tea"]
    wholes = [make_document(paragraphs=[text] * 40).text for text in TEXTS]
    seen["old or new, whole"] += tea.text in wholes and tea.source.author in AUTHORS and documents.keys() <= {"tea", "ale"}
    review_of(desk.corpus_dir / "tea")  # refuses half a file
    seen["beside it whole"] += [label.question for label in tea.labels] in ([], [QUESTION])
    articles.edit(desk, "tea", Stated(author=AUTHORS[0]), seen=state_of(desk.corpus_dir / "tea"))
    seen["next change clean"] += load_article(desk.corpus_dir / "tea").source.author == AUTHORS[0]
    leftovers = [path.name for path in desk.corpus_dir.iterdir() if path.name in {".outgoing", ".incoming"}]
    seen["nothing left over"] += leftovers == []
    return seen


def main() -> None:
    folder, kills, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    moments, seen = random.Random(seed), Counter[str]()
    desk = make_desk(folder, folder / "articles", folder / "index")
    for _ in range(kills):
        for id_ in ("tea", "ale"):
            if not (desk.corpus_dir / id_).exists():
                original = folder / f"{id_}.txt"
                document = make_document(id_, [TEXTS[0]] * 40)
                original.write_text(document.text, encoding="utf-8")
                save_article(document, original=original, corpus_dir=desk.corpus_dir)
        child = os.fork()
        if child == 0:
            try:
                edit_until_killed(desk)
            finally:
                os._exit(1)
        time.sleep(moments.uniform(0, LONGEST_SECONDS))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        seen += look(desk)
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
