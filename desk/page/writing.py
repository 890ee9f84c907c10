"""The fifth tab: what to write next."""

from typing import Any

import gradio as gr

from corpus.library import titles_in
from desk import shown as html
from desk import writing
from desk.page.parts import NEXT, Shared, Updates, telling


class NextTab:
    """The tab."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        with gr.Tab("What to write next", id=NEXT, elem_id="tab-next") as self.tab:
            gr.Markdown("## What to write next")
            self.looking = shared.place("next")
            self.found = gr.HTML(elem_id="next")
            gr.HTML("<h3>Sentences that nothing reaches</h3>")
            self.ask = gr.Button("Ask the questions on offer, and see what they reach", elem_id="reach")
            self.place = shared.place("reach")
            self.reached = gr.HTML(elem_id="reached", min_height=40)

    def connect(self) -> None:
        """Wire it."""
        self.tab.select(telling(self.looking, self._look), None, [self.found, self.looking.notice, self.looking.onward])
        self._shared.on(self.ask.click, self._reach, None, [self.reached], self.place)

    def _look(self) -> Updates:
        desk = self._shared.desk
        values: dict[str, Any] = {"gaps": writing.gaps(desk), "verdicts": writing.verdicts(desk), "due": writing.due(desk)}
        return {self.found: html.html("next", titles=titles_in(desk.corpus_dir), **values), **self.looking.says("")}

    def _reach(self) -> Updates:
        published = self._shared.assistants.of(self._shared.desk)[0]
        found = writing.unreached(self._shared.desk, published)
        return {self.reached: html.html("unreached", found=found)}
