"""The fifth tab: what to write next."""

from typing import Any

import gradio as gr

from desk import shown as html
from desk import writing
from desk.page.parts import NEXT, Shared, Updates, telling


class NextTab:
    """The tab."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        with gr.Tab("What to write next", id=NEXT, elem_id="tab-next") as self.tab:
            gr.Markdown("## What to write next")
            self.notice = gr.HTML(elem_id="next-notice", elem_classes=["desk-quiet"])
            self.found = gr.HTML(elem_id="next")
            gr.HTML("<h3>Sentences that nothing reaches</h3>")
            self.ask = gr.Button("Ask the questions on offer, and see what they reach", elem_id="reach")
            self.reached = gr.HTML(elem_id="reached", min_height=40)

    def connect(self) -> None:
        """Wire it."""
        tell, outputs = telling(self.notice), [self.notice, self.found]
        self.tab.select(tell(self._look), None, outputs)
        self.ask.click(tell(self._reach), None, [self.notice, self.reached])

    def _look(self) -> Updates:
        desk = self._shared.desk
        values: dict[str, Any] = {"gaps": writing.gaps(desk), "verdicts": writing.verdicts(desk), "due": writing.due(desk)}
        return {self.found: html.html("next", **values), self.notice: ""}

    def _reach(self) -> Updates:
        published = self._shared.assistants.of(self._shared.desk)[0]
        found = writing.unreached(self._shared.desk, published)
        return {self.reached: html.html("unreached", found=found), self.notice: ""}
