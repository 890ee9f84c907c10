"""The script that everybody writes first: SentenceTransformer and FAISS."""

from collections.abc import Callable, Sequence
from typing import Any

import faiss
import torch
from sentence_transformers import SentenceTransformer


def load(passages: Sequence[str], model: str) -> Callable[[str], Any]:
    torch.set_num_threads(1)
    encoder = SentenceTransformer(model, device="cpu")
    vectors = encoder.encode(list(passages), show_progress_bar=False)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    return lambda question: index.search(encoder.encode([question], show_progress_bar=False), 3)[1][0].tolist()
