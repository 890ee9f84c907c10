"""The HTML of the pages, rendered by Jinja2 with everything escaped: an article can never bring markup with it."""

from jinja2 import Environment, PackageLoader, StrictUndefined

_environment = Environment(
    loader=PackageLoader("assistant.web", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(template: str, /, **values: object) -> str:
    """Render a template; an undefined value is an error."""
    return _environment.get_template(template).render(**values)
