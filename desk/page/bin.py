"""The bin: what was removed or replaced in the last thirty days, to be brought back."""

from typing import Any

import gradio as gr

from corpus.errors import CorpusError
from desk import articles, commands
from desk.page.parts import Follows, Shared, Updates


class Bin:
    """The part of the first tab that brings back."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        gr.HTML("<h2>Bin</h2><p>What was removed or replaced is kept here for thirty days.</p>")
        self.chosen = gr.Dropdown(label="Removed or replaced", choices=[], value=None, elem_id="binned")
        self.replaces = gr.Checkbox(label="It takes the place of the article that stands there now", elem_id="bin-replaces")
        self.restore = gr.Button("Bring it back", elem_id="restore")
        self.place = shared.place("bin")

    def connect(self, follows: Follows) -> None:
        """Wire it."""
        shown = [self.chosen, self.replaces]
        follows.after(self._shared.on(self.restore.click, self._restore, shown, shown, self.place))

    def choices(self) -> Any:
        """What is in the bin now."""
        return gr.update(choices=articles.binned(self._shared.desk), value=None)

    def _restore(self, name: str | None, is_replacing: bool) -> Updates:  # noqa: FBT001 - Gradio calls it
        if not name:
            raise CorpusError("Nothing is chosen.", remedy="Choose what is to come back.")
        id_ = articles.restore(self._shared.desk, name, is_replacing=is_replacing)
        command = commands.corpus("restore", name, *(["--replace"] if is_replacing else []))
        told = f"“{articles.title_of(self._shared.desk, id_)}” is back. Visitors see it once you publish."
        said = self.place.says(told, command=command, leads_on=True)
        return {**said, self.chosen: self.choices(), self.replaces: False}
