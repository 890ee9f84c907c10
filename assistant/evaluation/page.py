"""Plain values → a page of one file, without script, nothing fetched, everything escaped: a question can bring no markup.

`base.html` and `page.css` are what the pages of evaluation, refresh and gaps share.
"""

from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from corpus.durable import write_durably, write_json


def render(template: str, /, **values: Any) -> str:
    """The HTML of a template, named by its room and file: "refresh/refresh.html"."""
    return _environment.get_template(template).render(**values)


def save(found: dict[str, Any], html: str, path: Path, /) -> Path:
    """Write the page, making its folder if need be, and beside it the values that it shows as JSON; returns `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_durably(path, html.encode("utf-8"))
    write_json(path.with_suffix(".json"), found)  # last: where it is, both are whole
    return path


def figure(value: float, /) -> str:
    """A figure with three digits, a count without."""
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}"


def bar(value: float, most: float, shown: str = "") -> Markup:
    """A table's cell: the value, or what is shown for it, on a bar as long as its share of `most`."""
    share = value / most if most else 0.0
    return Markup('<td class="number bar" style="--share: {:.3f}">{}</td>').format(share, shown or figure(value))


_environment = Environment(
    loader=PackageLoader("assistant", ""),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters["figure"] = figure
_environment.globals["bar"] = bar
