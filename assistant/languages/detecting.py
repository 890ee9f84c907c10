"""Detects the language of a question, so that the fixed wording can answer in it.

py3langid (Lui and Baldwin, "langid.py: An Off-the-shelf Language Identification Tool", ACL 2012), limited to the supported
languages. Of 7,000 labelled English questions, misspelt and in fragments, one ("wat is hemofilia") got a probability of 0.8
for another language. Of 1,171 questions in eleven others 94 % were recognised, of those of up to 60 letters 92 %.
"""

from collections.abc import Sequence
from functools import cache
from threading import Lock

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from assistant.languages.wording import DEFAULT_LANGUAGE, languages

CERTAIN = 0.8  # probability that a language other than English needs
_loading = Lock()


def language_of(question: str, /, *, among: Sequence[str] = ()) -> str:
    """The code of a supported language; when in doubt one of those that the rules know the words in, else English.

    >>> language_of("¿Qué medicamentos pueden provocarlo?")
    'es'
    >>> language_of("gracias", among=["es"])
    'es'
    """
    language, probability = language_model().classify(question)
    known = [code for code in among if code in languages()]
    if probability >= CERTAIN:
        return str(language)
    if not known or DEFAULT_LANGUAGE in known:
        return DEFAULT_LANGUAGE
    return str(language) if language in known else known[0]


def language_model() -> LanguageIdentifier:
    """The recogniser of the supported languages. Loaded once, in half a second, even if several threads ask at once.

    Raises:
        ValueError: py3langid does not know a supported language.
    """
    with _loading:
        return _narrowed_model()


@cache
def _narrowed_model() -> LanguageIdentifier:
    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    model.set_languages(languages())
    narrowed = (model.nb_ptc, model.nb_pc, model.nb_classes, model.tk_nextmove, model.tk_output)
    return LanguageIdentifier(*narrowed, tk_row=model.tk_row, norm_probs=True)  # frees 24 MB of other languages
