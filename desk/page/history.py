"""The fourth tab: versions, who published which and why, going back, and what is served where."""

from collections.abc import Callable
from typing import Any

import gradio as gr

from corpus.errors import CorpusError
from desk import commands, versions
from desk import shown as html
from desk.page.parts import HISTORY, Follows, Place, Shared, Updates, editor, telling


class HistoryTab:
    """The tab."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        with gr.Tab("History", id=HISTORY, elem_id="tab-history") as self.tab:
            gr.Markdown("## History")
            self.past = gr.HTML(elem_id="past")
            gr.HTML("<h3>Take back what was published</h3>")
            self.before = gr.HTML(elem_id="goes-back-to")
            with gr.Row():
                self.by = gr.Textbox(label="Who takes it back *", elem_id="back-by", max_lines=1)
                self.why = gr.Textbox(label="Why (kept in the history) *", elem_id="back-why", max_lines=1)
            self.target = gr.State("")
            self.back = gr.Button("Take it back", variant="stop", elem_id="go-back")
            self.place = shared.place("history")
            with gr.Accordion("Or show visitors another one that was published before", open=False):
                self.other = gr.Dropdown(label="Built on", choices=[], value=None, elem_id="other-version")
                self.go = gr.Button("Show visitors that one", elem_id="go-to")
                self.of_other = shared.place("other")
            gr.HTML("<h3>What is served where</h3>")
            self.ask = gr.Button("Ask the servers", elem_id="ask-servers")
            self.of_servers = shared.place("servers")
            self.served = gr.HTML(elem_id="served")

    @property
    def shown(self) -> list[Any]:
        """Everything that shows the history."""
        return [self.past, self.before, self.target, self.back, self.other, self.by, self.why]

    def connect(self, follows: Follows) -> None:
        """Wire it. `follows` is what another published version leads to."""
        told = [self.place.notice, self.place.onward]
        self.tab.select(telling(self.place, self.look), [self.by], [*self.shown, *told])
        for button, version, place in ((self.back, self.target, self.place), (self.go, self.other, self.of_other)):
            follows.after(self._shared.on(button.click, self._going(place), [version, self.by, self.why], self.shown, place))
        self._shared.on(self.ask.click, self._served, None, [self.served], self.of_servers)

    def look(self, request: gr.Request, by: str = "") -> Updates:
        """The history as it is now."""
        return {**self._look(), self.by: by or editor(request)}

    def _look(self) -> Updates:
        desk = self._shared.desk
        past, target = versions.history(desk), versions.back_to(desk)
        kept = list(
            dict.fromkeys(one.version for one in past if one.is_kept and one.version != desk.workshop.published_name)
        )
        return {
            self.past: html.html("history", past=past),
            self.before: html.html("before", target=target, now=desk.workshop.published_name),
            self.target: target,
            self.back: gr.update(interactive=bool(target)),
            self.other: gr.update(choices=[(html.built(name), name) for name in kept], value=None),
        }

    def _going(self, place: Place) -> Callable[[str | None, str, str], Updates]:
        def go(version: str | None, by: str, why: str) -> Updates:
            if not version:
                raise CorpusError("Nothing is chosen.", remedy="Choose one that is kept.")
            desk, spoken = self._shared.desk, versions.said(by, why)
            replicas = versions.go_to(desk, version, spoken)
            told = f"Visitors see again what was built on {html.built(version)}. {replicas}".strip()
            command = commands.publish(version, spoken, key=str(desk.key or ""))
            return {**self._look(), **place.says(told, command=command), self.why: ""}

        return go

    def _served(self) -> Updates:
        desk = self._shared.desk
        return {self.served: html.html("served", served=versions.served(desk), current=desk.workshop.published_name)}
