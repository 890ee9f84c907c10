"""The language that a reader gets: the one that was chosen, else the first that the browser asks for."""

from assistant.languages.wording import DEFAULT_LANGUAGE, languages


def preferred(chosen: str, accepted: str, /) -> str:
    """The first supported language among those that the reader wants.

    >>> preferred("", "pt-BR,pt;q=0.9,en;q=0.8")
    'pt'
    """
    wanted = [chosen, *(entry.split(";")[0].strip() for entry in accepted.split(","))]
    return next((code for code in (name[:2].lower() for name in wanted) if code in languages()), DEFAULT_LANGUAGE)
