"""Pooled vectors of many texts."""

from collections.abc import Sequence

import numpy as np
from tqdm import tqdm

from index import Encoder
from index.encoder import Vectors

AT_ONCE = 256


def pooled(encoder: Encoder, texts: Sequence[str], /) -> Vectors:
    """Pooled vectors (n, d), in order, with a progress bar on anything over two seconds."""
    starts = tqdm(range(0, len(texts), AT_ONCE), desc="Encoding", unit="batch", delay=2)
    chunks = (encoder.encode(texts[start : start + AT_ONCE]) for start in starts)
    return np.stack([encoding.pooled for chunk in chunks for encoding in chunk])
