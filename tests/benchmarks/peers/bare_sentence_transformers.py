"""The script that everybody writes first: SentenceTransformer and a matrix."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformer


def load(passages: Sequence[str], model: str) -> Callable[[str], Any]:
    torch.set_num_threads(1)
    encoder = SentenceTransformer(model, device="cpu")
    vectors = encoder.encode(list(passages), show_progress_bar=False)
    return lambda question: np.argsort(-(vectors @ encoder.encode([question], show_progress_bar=False)[0]))[:3].tolist()
