"""In which language a question is asked, so that the fixed wording can answer in it.

Naive Bayes over runs of bytes (Lui and Baldwin, "langid.py: An Off-the-shelf Language Identification Tool", ACL 2012), with
the model of py3langid, narrowed by `assistant.prepared` to the languages that there is wording in: the same probabilities,
without 0.35 seconds of unpacking and 50 MB of tables at each start. On 7,000 labelled English questions, misspelt and in
fragments, it never gave another language a probability of 0.8; of 858 questions in eleven others it recognised 93 % above
that.
"""

import math
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Self

import numpy as np
import numpy.typing as npt

from assistant.prepared import Arrays, prepared
from assistant.wording import DEFAULT_LANGUAGE, languages

CERTAIN = 0.8  # probability from which a language other than English is believed
MODEL = "languages"
FORMAT = 1  # bump when what is prepared changes
LONGEST = 6  # bytes in a run
LENGTH_SHIFT = 48  # bits: a run is a number, its bytes below its length
LENGTHS = np.arange(1, LONGEST + 1, dtype=np.uint64)[:, np.newaxis] << np.uint64(LENGTH_SHIFT)


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """What each run of bytes says of each language.

    `runs` (m,) are numbers in ascending order; `weights` (m, languages) the logarithms of how likely each language has it;
    `prior` (languages,) what is added to their sum.
    """

    languages: tuple[str, ...]
    runs: npt.NDArray[np.uint64]
    weights: npt.NDArray[np.float16]
    prior: npt.NDArray[np.float32]

    @classmethod
    def of(cls, arrays: Arrays, /) -> Self:
        """The model of its fields.

        Raises:
            KeyError, ValueError: they are none, or do not fit one another.
        """
        codes, runs, weights, prior = (arrays[name] for name in ("languages", "runs", "weights", "prior"))
        types = runs.dtype, weights.dtype, prior.dtype
        shapes = codes.shape, weights.shape, prior.shape
        expected = (codes.size,), (*runs.shape, codes.size), (codes.size,)
        if types != (np.uint64, np.float16, np.float32) or shapes != expected or weights.ndim != 2:
            raise ValueError("its arrays are not those of a language model")
        return cls(tuple(codes.tolist()), runs, weights, prior)

    def most_likely(self, text: str, /) -> tuple[str, float]:
        """The likeliest language and its probability; all are equally likely for a text that holds no known run."""
        data = unicodedata.normalize("NFC", text.lower() if text.isupper() else text).encode(errors="surrogatepass")
        seen = Counter(self._rows(np.frombuffer(data, np.uint8)).tolist())
        scores = np.zeros(len(self.languages), np.float32)
        if seen:
            rows, counts = np.array([*seen]), np.array([*seen.values()], dtype=np.float32)
            scores = np.log1p(counts) @ self.weights[rows] + self.prior
        scores *= 1.0 / math.sqrt(len(data) or 1)  # so that probabilities mean the same for short and for long texts
        shares = np.exp(scores - scores.max())
        best = int(shares.argmax())
        return self.languages[best], float(shares[best] / shares.sum())

    def _rows(self, data: npt.NDArray[np.uint8], /) -> npt.NDArray[np.intp]:
        """For each byte at which a known run ends, the row of the longest such run."""
        count = len(data)
        ending = np.zeros((LONGEST, count), np.uint64)  # row n: the run of n + 1 bytes that ends there, 0 if there is none
        ending[0] = data
        for n in range(1, min(LONGEST, count)):
            ending[n, n:] = (ending[n - 1, n - 1 : -1] << np.uint64(8)) + ending[0, n:]
        ending += LENGTHS
        rows = np.minimum(np.searchsorted(self.runs, ending), len(self.runs) - 1)
        known = self.runs[rows] == ending
        longest = LONGEST - 1 - known[::-1].argmax(axis=0)
        found: npt.NDArray[np.intp] = rows[longest, np.arange(count)][known.any(axis=0)]
        return found


def language_of(question: str, /) -> str:
    """The code of a language that there is wording in; English when in doubt.

    >>> language_of("¿Qué medicamentos pueden provocarlo?")
    'es'
    """
    language, probability = language_model().most_likely(question)
    return language if probability >= CERTAIN else DEFAULT_LANGUAGE


@cache
def language_model() -> LanguageModel:
    """The model of the languages that there is wording in."""
    key = f"py3langid {version('py3langid')}, {' '.join(languages())}, format {FORMAT}"
    return prepared(MODEL, key, read=LanguageModel.of)
