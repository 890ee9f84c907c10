"""The bin: what was removed or replaced in the last thirty days, to be brought back."""

from collections.abc import Callable
from typing import Any

import gradio as gr

from corpus.errors import CorpusError
from desk import articles, commands
from desk import shown as html
from desk.page.parts import Shared, Updates, telling


class Bin:
    """The part of the first tab that brings back."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        gr.HTML("<h2>Bin</h2><p>What was removed or replaced is kept here for thirty days.</p>")
        self.notice = gr.HTML(elem_id="bin-notice", elem_classes=["desk-quiet"])
        self.chosen = gr.Dropdown(label="Removed or replaced", choices=[], value=None, elem_id="binned")
        self.replaces = gr.Checkbox(label="It takes the place of the article that stands there now", elem_id="bin-replaces")
        self.restore = gr.Button("Bring it back", elem_id="restore")

    @property
    def shown(self) -> list[Any]:
        """Everything that shows the bin."""
        return [self.chosen, self.replaces, self.notice]

    def connect(self, after: Callable[[], Updates], outputs: list[Any]) -> None:
        """Wire it. `after` shows the list again, whose components are `outputs`."""
        given = [self.chosen, self.replaces]
        self.restore.click(telling(self.notice)(self._restore), given, self.shown).then(after, None, outputs)

    def choices(self) -> Any:
        """What is in the bin now."""
        return gr.update(choices=articles.binned(self._shared.desk), value=None)

    def _restore(self, name: str | None, is_replacing: bool) -> Updates:  # noqa: FBT001 - Gradio calls it
        if not name:
            raise CorpusError("Nothing is chosen.", remedy="Choose what is to come back.")
        id_ = articles.restore(self._shared.desk, name, is_replacing=is_replacing)
        command = commands.corpus("restore", name, *(["--replace"] if is_replacing else []))
        told = html.notice(f"{id_} is back. Visitors see it once you build and publish.", command=command)
        return {self.notice: told, self.chosen: self.choices(), self.replaces: False}
