"""py3langid's model, narrowed to the languages that there is wording in.

Flows in: its automaton, which reads a text byte by byte and names at most one feature a byte. Flows out: the features as
runs of bytes, of which `assistant.language` looks for the longest that ends at each byte: the same features.
"""

from collections import deque
from collections.abc import Iterable

import numpy as np
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from assistant.language import LENGTH_SHIFT, LONGEST
from assistant.prepared import Arrays

ALPHABET = 256


def narrowed(codes: Iterable[str], /) -> Arrays:
    """The fields of the `LanguageModel` of some languages.

    Raises:
        ValueError: a language is not known, or the automaton is none of runs.
    """
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    features = _features(identifier)
    if len(features) != len(identifier.nb_ptc) or max(map(len, features.values())) > LONGEST:
        raise ValueError("this release of py3langid has features that are no runs of bytes")
    identifier.set_languages(list(codes))
    numbers = {len(run) << LENGTH_SHIFT | int.from_bytes(run): feature for feature, run in features.items()}
    runs = np.array(sorted(numbers), dtype=np.uint64)
    rows = [numbers[int(run)] for run in runs]
    return {
        "languages": np.array(identifier.nb_classes),
        "runs": runs,
        "weights": identifier.nb_ptc[rows],
        "prior": identifier.nb_pc,
    }


def _features(identifier: LanguageIdentifier) -> dict[int, bytes]:
    """Each feature's run of bytes: the shortest way to a state that names it and whose own end does not."""
    moves = np.asarray(identifier.tk_nextmove).reshape(-1, ALPHABET)
    reached, open_states = {0: b""}, deque([0])
    while open_states:
        state = open_states.popleft()
        for byte, following in enumerate(moves[identifier.tk_row[state]].tolist()):
            if following not in reached:
                reached[following] = reached[state] + bytes([byte])
                open_states.append(following)
    named = {run: identifier.tk_output[state] for state, run in reached.items()}
    found: dict[int, bytes] = {}
    for run, feature in sorted(named.items(), key=lambda item: len(item[0])):
        if feature >= 0:
            found.setdefault(feature, run)
    return found
