"""Fixtures that several test modules share. Fakes are small real classes; the same text always gives the same vector."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import hypothesis
import numpy as np
import numpy.typing as npt
import pytest
from playwright.sync_api import Browser, Page

from assistant import Assistant
from corpus import Document, Section, Source, load_corpus
from corpus.changing import save_article
from corpus.site import load_site
from index import IndexVersion, build, current_version, encoder_for, open_version
from index.encoding import Encoding, Word, unit
from index.encoding.sentence_transformer import SentenceTransformerEncoder, load_encoder
from index.encoding.vectors import PassageVectors
from index.published.model import export_if_missing
from settings import PROJECT
from tests.browsers import DESKTOP, PageServer, chromium, open_page, serving
from tests.milvus import LiteServer, lite_server
from tests.nginx import Nginx, Replicas, nginx_before, replicas_serving

# Two busy cores are slow at times; that is not what a property is about.
hypothesis.settings.register_profile("project", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("project")

ARTICLE = "causes-of-restless-legs-syndrome"
CORPUS_DIR = PROJECT / "corpus" / "articles"
SITE = load_site(CORPUS_DIR)


class HashEncoder:
    """Bag-of-words vectors out of hashes: deterministic, quick; records what it encoded."""

    dimension = 64

    def __init__(self, fingerprint: str = "sha256:hash-encoder") -> None:
        self.fingerprint = fingerprint
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str], /) -> list[Encoding]:
        """One encoding a text; a word is a token, and the direction of their sum is its pooled vector."""
        self.encoded += texts
        return [self._encoding(text.lower().split()) for text in texts]

    def _encoding(self, words: list[str]) -> Encoding:
        tokens = np.zeros((len(words), self.dimension), np.float32)
        for row, word in enumerate(words):
            tokens[row] = self._word(word)
        own = tuple(Word(word, row, row + 1, rarity=0.7) for row, word in enumerate(words))
        return Encoding(unit(tokens.sum(axis=0)), tokens, own)

    def _word(self, word: str) -> npt.NDArray[np.float64]:
        seed = int.from_bytes(hashlib.sha256(word.strip(".,:?!").encode()).digest()[:8], "big")
        return np.random.default_rng(seed).standard_normal(self.dimension)


@pytest.fixture
def hash_encoder() -> HashEncoder:
    return HashEncoder()


@pytest.fixture(scope="session")
def encoder() -> SentenceTransformerEncoder:
    """The real model, loaded once."""
    return load_encoder("all-MiniLM-L6-v2")


@pytest.fixture(scope="session")
def real_index(tmp_path_factory: pytest.TempPathFactory, encoder: SentenceTransformerEncoder) -> Path:
    """An index folder with the project's own corpus, built, exported and published with the real model."""
    index_dir = tmp_path_factory.mktemp("index")
    built = build(load_corpus(CORPUS_DIR), encoder=encoder, index_dir=index_dir, site=SITE)
    assert export_if_missing(encoder, open_version(index_dir, built.version), index_dir).startswith("Exported")
    return index_dir


@pytest.fixture(scope="session")
def assistant(real_index: Path) -> Assistant:
    """With the exported model, as it serves."""
    version = open_version(real_index, current_version(real_index))
    return Assistant(version, encoder_for(version, real_index, model="all-MiniLM-L6-v2"))


def make_document(id_: str = "tea", paragraphs: Sequence[str] = ("Tea is a drink. It is hot.",)) -> Document:
    """A small article with one section."""
    title = f"About {id_}"
    text = "\n\n".join([title, *paragraphs])
    source = Source(title, "A. Writer", "", "", date(2026, 1, 2), date(2026, 2, 3), "CC0", "")
    return Document(id_, text, (Section(title, len(title) + 2, len(text)),), source)


def arrays_of(version: IndexVersion, /) -> PassageVectors:
    """The vectors of a version that keeps them in its files."""
    assert isinstance(version.vectors, PassageVectors)
    return version.vectors


@pytest.fixture
def small_corpus(tmp_path: Path) -> Path:
    """A corpus folder with one small article, saved as `python -m corpus add` saves it."""
    original = tmp_path / "tea.txt"
    document = make_document()
    original.write_text(document.text, encoding="utf-8")
    corpus_dir = tmp_path / "articles"
    save_article(document, original=original, corpus_dir=corpus_dir)
    return corpus_dir


@pytest.fixture(scope="session")
def page_server(real_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageServer]:
    feedback_file = tmp_path_factory.mktemp("feedback") / "feedback.jsonl"
    with serving(["-m", "tests.rehearsed_server"], index_dir=real_index, feedback_file=feedback_file) as server:
        yield server


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, page_server: PageServer) -> Iterator[Page]:
    """The chat page on a desktop, ready to type, without anything having gone wrong in its scripts."""
    with browser.new_context(viewport=DESKTOP, color_scheme="light", locale="en-GB") as context:
        page = open_page(context.new_page(), page_server.url)
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
        assert errors == []


@pytest.fixture(scope="session")
def replicas(real_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replicas]:
    with replicas_serving(real_index, tmp_path_factory.mktemp("replicas")) as replicas:
        yield replicas


@pytest.fixture(scope="session")
def nginx(replicas: Replicas, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    with nginx_before(replicas.ports, tmp_path_factory.mktemp("nginx")) as nginx:
        yield nginx


@pytest.fixture
def own_milvus(tmp_path: Path) -> Iterator[LiteServer]:
    """Milvus Lite in a process that the test may kill."""
    with lite_server(tmp_path / "milvus") as server:
        yield server
