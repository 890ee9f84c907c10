"""The fourth tab: versions, who published which and why, going back, and what is served where."""

from collections.abc import Callable
from typing import Any

import gradio as gr

from corpus.errors import CorpusError
from desk import commands, versions
from desk import shown as html
from desk.page.parts import HISTORY, Shared, Updates, editor, said, telling


class HistoryTab:
    """The tab."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        with gr.Tab("History", id=HISTORY, elem_id="tab-history") as self.tab:
            gr.Markdown("## History")
            self.past = gr.HTML(elem_id="past")
            self.notice = gr.HTML(elem_id="history-notice", elem_classes=["desk-quiet"])
            self.why = gr.Textbox(label="Why you go back (kept in the history)", elem_id="back-why", max_lines=1)
            self.target = gr.State("")
            self.back = gr.Button("Go back", variant="stop", elem_id="go-back")
            self.other = gr.Dropdown(label="Or another version", choices=[], value=None, elem_id="other-version")
            self.go = gr.Button("Publish that one", elem_id="go-to")
            gr.HTML("<h3>What is served where</h3>")
            self.ask = gr.Button("Ask the servers", elem_id="ask-servers")
            self.served = gr.HTML(elem_id="served")

    @property
    def shown(self) -> list[Any]:
        """Everything that shows the history."""
        return [self.past, self.target, self.back, self.other, self.notice, self.why]

    def connect(
        self, after: Callable[[], Updates], outputs: list[Any], waiting: Callable[..., Updates], shown: list[Any]
    ) -> None:
        """Wire it. `after` shows the list of articles again, whose components are `outputs`; `waiting` what visitors will
        see, in `shown`: what was said of a version that was taken back holds no more."""
        tell = telling(self.notice)
        self.tab.select(tell(self.look), None, self.shown)
        for button, version in ((self.back, self.target), (self.go, self.other)):
            gone = button.click(tell(self._go), [version, self.why], self.shown)
            gone.then(after, None, outputs).then(waiting, None, shown)
        self.ask.click(tell(self._served), None, [self.served, self.notice])

    def look(self) -> Updates:
        """The history as it is now."""
        desk = self._shared.desk
        past, target = versions.history(desk), versions.back_to(desk)
        kept = list(
            dict.fromkeys(one.version for one in past if one.is_kept and one.version != desk.workshop.published_name)
        )
        return {
            self.past: html.html("history", past=past),
            self.target: target,
            self.back: gr.update(value=f"Go back to {target}" if target else "Go back", interactive=bool(target)),
            self.other: gr.update(choices=kept, value=None),
        }

    def _go(self, request: gr.Request, version: str | None, why: str) -> Updates:
        if not version:
            raise CorpusError("No version is chosen.", remedy="Choose one that is kept.")
        spoken, desk = said(editor(request), why), self._shared.desk
        replicas = versions.go_to(desk, version, spoken)
        told = f"Visitors see {version} again. {replicas}".strip()
        command = commands.publish(version, spoken, key=str(desk.key or ""))
        return {**self.look(), self.notice: html.notice(told, command=command), self.why: ""}

    def _served(self) -> Updates:
        desk = self._shared.desk
        table = html.html("served", served=versions.served(desk), current=desk.workshop.published_name)
        return {self.served: table, self.notice: ""}
