"""The HTML of the pages, rendered by Jinja2 with everything escaped: an article can never bring markup with it."""

import re
from datetime import date

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

_environment = Environment(
    loader=PackageLoader("assistant.web", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

# A line that ends in a number, such as `NHS 111: 111`, is called by that one; digits in its name may be no number.
CALLABLE = re.compile(r"(?<![\w,])(?P<phone>\d[\d -]*\d)(?!,?\w|.*: \d[\d -]*$)|(?P<web>https://\S+)")


def phone_links(text: str, /) -> Markup:
    """The text with its phone numbers and addresses as links that a phone can call or open.

    >>> phone_links("Samaritans: 116 123")
    Markup('Samaritans: <a href="tel:116123">116 123</a>')
    """
    pieces, end = Markup(""), 0  # Markup escapes whatever is added to it
    for match in CALLABLE.finditer(text):
        phone = match["phone"]
        address = f"tel:{re.sub('[ -]', '', phone)}" if phone else match["web"]
        pieces += text[end : match.start()]
        pieces += Markup('<a href="{}">{}</a>').format(address, match.group())
        end = match.end()
    return pieces + text[end:]


def day(published: date, /, language: str = "en") -> str:
    """A day as one writes it in English; elsewhere as numbers, which a script makes the language's own.

    >>> day(date(2025, 10, 11)), day(date(2025, 10, 11), "de")
    ('11 October 2025', '2025-10-11')
    """
    return f"{published.day} {published:%B %Y}" if language == "en" else published.isoformat()


_environment.filters |= {"phone_links": phone_links, "day": day}


def render(template: str, /, **values: object) -> str:
    """Render a template; an undefined value is an error."""
    return _environment.get_template(template).render(**values)
