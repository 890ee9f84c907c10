"""What the tabs share: where a message stands, how an error is told, who the editor is, and what follows a change."""

import getpass
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from traceback import extract_tb
from typing import Any

import gradio as gr

from corpus import ShownError
from desk import Desk
from desk import shown as html
from desk.articles import Asked
from desk.building import Builder
from desk.trying import Assistants

Updates = dict[Any, Any]
OURS = "Something went wrong inside the desk. Nothing was half done; the desk's own window says more to an engineer."
TO_BUILD = "Build, and see what changes"
ARTICLES, SEEN, TRY, HISTORY, NEXT = "articles", "seen", "try", "history", "next"  # the tabs
logger = logging.getLogger(__name__)


class Place:
    """Where a message stands: right below the button that it answers, with the button that leads on to what visitors see."""

    def __init__(self, name: str) -> None:
        self.notice = gr.HTML(elem_id=f"{name}-notice", elem_classes=["desk-quiet"])
        self.onward = gr.Button(TO_BUILD, visible=False, variant="primary", elem_id=f"{name}-onward")

    def says(self, text: str, /, *, command: str = "", is_error: bool = False, leads_on: bool = False) -> Updates:
        """A message here; an empty one takes it away."""
        told = html.notice(text, command=command, is_error=is_error)
        return {self.notice: told, self.onward: gr.update(visible=leads_on)}


@dataclass(frozen=True)
class Follows:
    """What is shown anew when something changed."""

    function: Callable[..., Updates]
    inputs: list[Any]
    outputs: list[Any]

    def after(self, event: Any, /) -> None:
        """Once an event is done."""
        event.then(self.function, self.inputs, self.outputs)


@dataclass(frozen=True)
class Shared:
    """One desk, for all its pages. `asked` is what sources said, by article; `report` is the one that a page shows."""

    desk: Desk
    assistants: Assistants
    builder: Builder
    asked: dict[str, Asked]
    tabs: gr.Tabs
    report: gr.State
    places: list[Place] = field(default_factory=list)

    def place(self, name: str, /) -> Place:
        """A place for messages, here on the page."""
        self.places.append(Place(name))
        return self.places[-1]

    def on(
        self, event: Any, function: Callable[..., Updates], inputs: Any, outputs: Sequence[Any], place: Place, /, **how: Any
    ) -> Any:
        """Let an event do something. Whatever any place said before is forgotten; if it fails, `place` says why."""
        told = [component for own in self.places for component in (own.notice, own.onward)]
        how = {"show_progress_on": [*outputs] or None} | how
        return event(telling(place, function, forgets=self.places), inputs, [*dict.fromkeys([*outputs, *told])], **how)


def telling(place: Place, function: Callable[..., Updates], /, *, forgets: Sequence[Place] = ()) -> Callable[..., Updates]:
    """The function of an event. Where it fails, the reason and the remedy stand in `place`, and nothing else changes."""

    @wraps(function)
    def told(*arguments: Any) -> Updates:
        quiet: Updates = {}
        for one in forgets:
            quiet |= one.says("")
        try:
            return quiet | function(*arguments)
        except ShownError as error:
            return quiet | {place.notice: html.refusal(error)}
        except Exception as error:  # noqa: BLE001 - a fault of ours; its text is never shown
            places = ", ".join(f"{Path(one.filename).name}:{one.lineno}" for one in extract_tb(error.__traceback__)[-3:])
            logger.error("%s failed: %s (%s)", function.__name__, type(error).__name__, places)  # noqa: TRY400
            return quiet | place.says(OURS, is_error=True)

    return told


def editor(request: gr.Request) -> str:
    """Who sits at the desk: the name given with the password, else the user of this machine."""
    if name := str(request.username or "").strip():
        return name
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number without a name
        return ""
