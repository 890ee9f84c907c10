"""The language that a reader gets: the one that was chosen, else the first that the browser asks for."""

from assistant.languages.wording import DEFAULT_LANGUAGE, languages


def preferred(chosen: str, accepted: str, /) -> str:
    """The first supported language among those that the reader wants.

    >>> preferred("", "pt-BR,pt;q=0.9,en;q=0.8")
    'pt'
    """
    wanted = [chosen, *(entry.split(";")[0] for entry in accepted.split(","))]
    return next(filter(None, map(supported, wanted)), DEFAULT_LANGUAGE)


def supported(tag: str, /) -> str:
    """The supported language that a tag names (BCP 47, in small or capital letters), with its script if there is wording in
    that; empty if there is none.

    >>> supported("hi-Latn-IN"), supported("hi-IN"), supported("xx")
    ('hi-latn', 'hi', '')
    """
    parts = tag.strip().lower().replace("_", "-").split("-")
    return next((code for code in ("-".join(parts[:2]), parts[0]) if code in languages()), "")
