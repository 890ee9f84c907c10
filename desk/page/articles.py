"""The first tab: the list, adding, what the sources say, and the bin; `changing` is the part that changes one article."""

from typing import Any

import gradio as gr

from corpus.library import article_folders, load_article
from desk import articles, commands, reading
from desk import shown as html
from desk.page.adding import Adding
from desk.page.bin import Bin
from desk.page.changing import Changing
from desk.page.parts import ARTICLES, Follows, Shared, Updates, telling
from desk.reading import Waiting


class ArticlesTab:
    """The tab."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        with gr.Tab("Articles", id=ARTICLES, elem_id="tab-articles"):
            gr.Markdown("## Articles")
            self.list = gr.HTML(elem_id="article-list")
            with gr.Row():
                self.again = gr.Button("Show the list again", elem_id="list-again")
                self.ask = gr.Button("Ask the sources whether they changed", elem_id="ask-sources")
            self.place = shared.place("articles")
            self.adding = Adding(shared)
            self.changing = Changing(shared)
            self.bin = Bin(shared)

    @property
    def listed(self) -> list[Any]:
        """What shows which articles there are."""
        return [self.list, self.changing.chosen, self.bin.chosen, self.place.notice, self.place.onward]

    def connect(self, follows: Follows) -> None:
        """Wire it. `follows` is what a change of an article leads to."""
        on = self._shared.on
        on(self.again.click, self._listing, None, self.listed, self.place)
        on(self.ask.click, self._ask, [self.adding.queue], [*self.listed, *self.adding.shown], self.place)
        self.changing.connect(follows)

        def replaced(slug: str | None, seen: str, *values: Any) -> Updates:
            """What is open below is closed if it is another text by now."""
            shown = follows.function(*values)
            if slug and reading.state_of(self._shared.desk.corpus_dir / slug) != seen:
                shown |= self.changing.closed() | {self.changing.chosen: {**shown[self.changing.chosen], "value": None}}
            return shown

        own = [self.changing.chosen, self.changing.seen]
        for part in (self.adding, self.bin):
            part.connect(
                Follows(replaced, [*own, *follows.inputs], [*follows.outputs, self.changing.group, self.changing.seen])
            )

    def listing(self) -> Updates:
        """The list and the choice of articles, as they are now."""
        return telling(self.place, self._listing)()

    def _listing(self) -> Updates:
        desk = self._shared.desk
        found = articles.rows(desk, self._shared.asked)
        there = [(row.title, row.id) for row in found if not row.state.startswith(articles.REMOVED)]
        return {
            self.list: html.html("list", rows=found),
            self.changing.chosen: gr.update(choices=there),
            self.bin.chosen: self.bin.choices(),
        }

    def titles(self) -> Any:
        """The choice of articles in another tab."""
        corpus_dir = self._shared.desk.corpus_dir
        folders = article_folders(corpus_dir) if corpus_dir.is_dir() else []
        return gr.update(choices=[(load_article(folder).source.title, folder.name) for folder in folders])

    def _ask(self, queue: list[Waiting]) -> Updates:
        asked = articles.ask_sources(self._shared.desk)
        self._shared.asked.update(asked)
        changed = [one.waiting for one in asked.values() if one.waiting is not None]
        said = f"{len(asked)} source{'' if len(asked) == 1 else 's'} asked: {len(changed)} changed."
        said = said if asked else "No article came from an address, so there is nothing to ask."
        command = commands.corpus("refresh", "--all", "--dry-run")
        kept = [one for one in queue if not one.is_refresh]
        return {**self._listing(), **self.adding.show([*kept, *changed]), **self.place.says(said, command=command)}
