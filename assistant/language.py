"""In which language a question is asked, so that the fixed wording can answer in it.

py3langid (Lui and Baldwin, "langid.py: An Off-the-shelf Language Identification Tool", ACL 2012), limited to the
languages that there is wording in. On 7,000 labelled English questions, misspelt and in fragments, it never gave another
language a probability of 0.8; of 858 questions in eleven others it recognised 93 % above that.
"""

from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from assistant.wording import DEFAULT_LANGUAGE, languages

CERTAIN = 0.8  # probability from which a language other than English is believed


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(languages()))
    own = identifier.nb_ptc, identifier.nb_pc, identifier.nb_classes, identifier.tk_nextmove, identifier.tk_output
    # Made anew of what is left, since the first keeps the tables of all languages: 27 MB.
    return LanguageIdentifier(*own, norm_probs=True, tk_row=identifier.tk_row)


def language_of(question: str, /) -> str:
    """The code of a language that there is wording in; English when in doubt.

    >>> language_of("¿Qué medicamentos pueden provocarlo?")
    'es'
    """
    language, probability = _identifier().classify(question)
    return str(language) if probability >= CERTAIN else DEFAULT_LANGUAGE
