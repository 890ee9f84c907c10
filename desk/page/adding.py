"""Adding: files dropped and addresses pasted, read one by one; each is shown beside its file and waits for a yes."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import gradio as gr

from corpus.difference import compare_articles
from corpus.errors import CorpusError
from corpus.incoming.candidate import Stated
from corpus.library import load_article, titles_in
from corpus.readers import ENDINGS
from desk import articles, commands, reading
from desk import shown as html
from desk.page.parts import Follows, Shared, Updates, editor
from desk.reading import Waiting
from desk.versions import in_words

FIELDS = {
    "title": ("Title *", ""),
    "id": ("Short name in addresses", "small letters, digits and hyphens"),
    "author": ("Author", ""),
    "publisher": ("Publisher", ""),
    "published": ("Date", "as 2025-10-11"),
    "licence": ("Licence *", "under which terms it may be quoted, such as: our own article"),
    "url": ("Public address", "where the article stands on the web, if it does"),
}
LISTS = [".zip", ".xml", ".rss", ".atom", ".gz"]


class Adding:
    """The part of the first tab that adds."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self.queue = gr.State([])  # of Waiting; the first is shown
        gr.HTML(
            "<h2>Add</h2><p>Drop files (Word, PDF, web pages, Markdown, text, ODT, RTF, EPUB, a ZIP), or paste addresses. "
            "You see each beside its text before anything is added.</p>"
        )
        with gr.Row():
            self.files = gr.File(
                label="Files",
                file_count="multiple",
                file_types=[*ENDINGS, *LISTS],
                elem_id="add-files",
                height=170,
            )
            with gr.Column():
                self.addresses = gr.Textbox(label="Or paste addresses, one a line", lines=3, elem_id="add-addresses")
                self.read = gr.Button("Read the addresses", elem_id="read-addresses")
        self.place = shared.place("adding")
        with gr.Group(visible=False, elem_id="waiting") as self.group:
            self.head = gr.HTML(padding=True)
            self.doubts = gr.CheckboxGroup(label="Doubts: tick what you looked at and found right", elem_id="doubts")
            self.sides = gr.HTML(padding=True)
            with gr.Row():
                fields = list(FIELDS.items())
                with gr.Column():
                    self.fields = {name: _field(name, *told) for name, told in fields[:4]}
                with gr.Column():
                    self.fields |= {name: _field(name, *told) for name, told in fields[4:]}
                    self.replaces = gr.Checkbox(
                        label="It takes the place of the article that has this short name", elem_id="replaces"
                    )
                    self.reviewed = gr.Checkbox(label="I have read it whole, and it holds (a review)", elem_id="is-reviewed")
            with gr.Row():
                self.add = gr.Button("Add this article", variant="primary", elem_id="add")
                self.leave = gr.Button("Leave it out", elem_id="leave-out")
            self.beside = shared.place("add")

    @property
    def shown(self) -> list[Any]:
        """Everything that shows what waits."""
        fields = self.fields.values()
        read = [self.files, self.addresses, self.queue]
        return [*read, self.group, self.head, self.doubts, *fields, self.replaces, self.reviewed, self.sides]

    def connect(self, follows: Follows) -> None:
        """Wire it."""
        on, asked = self._shared.on, [self.queue, *self.fields.values(), self.doubts, self.replaces, self.reviewed]
        on(self.files.upload, self._read_files, [self.files, self.queue], self.shown, self.place)
        on(self.read.click, self._read_addresses, [self.addresses, self.queue], self.shown, self.place)
        follows.after(on(self.add.click, self._add, asked, self.shown, self.beside))
        on(self.leave.click, self._leave, [self.queue], self.shown, self.beside)

    def _read_files(
        self,
        files: Sequence[str],
        queue: list[Waiting],
        progress: gr.Progress = gr.Progress(),  # noqa: B008
    ) -> Updates:
        return self._read(list(files), queue, progress) | {self.files: None}

    def _read_addresses(
        self,
        text: str,
        queue: list[Waiting],
        progress: gr.Progress = gr.Progress(),  # noqa: B008
    ) -> Updates:
        addresses = [line.strip() for line in text.splitlines() if line.strip()]
        if not addresses:
            raise CorpusError("There is no address.", remedy="Paste one that begins with https://.")
        if wrong := [one for one in addresses if not one.startswith(("http://", "https://"))]:
            raise CorpusError(f"“{wrong[0]}” is not a web address.", remedy="Begin it with https://.")
        return self._read(addresses, queue, progress) | {self.addresses: ""}

    def _read(self, sources: list[str], queue: list[Waiting], progress: gr.Progress) -> Updates:
        found: list[Waiting] = []
        refused: list[CorpusError] = []
        progress(0, desc="Reading")
        for read in reading.read_in(self._shared.desk, sources):
            (refused if isinstance(read, CorpusError) else found).append(read)  # type: ignore[arg-type]
            progress((len(found) + len(refused), None), desc="Reading", unit="articles")
        waiting = [*queue, *found]
        return self.show(waiting) | {self.place.notice: html.html("refused", refused=refused, said=html.now())}

    def show(self, queue: list[Waiting]) -> Updates:
        """The first that waits, or nothing."""
        if not queue:
            return {self.queue: [], self.group: gr.update(visible=False)}
        first = queue[0]
        candidate, corpus_dir = first.candidate, self._shared.desk.corpus_dir
        stated = reading.stated_of(first, corpus_dir)
        sides = reading.side_by_side(first.shown, candidate.document)
        change = None
        if first.standing:  # what is said of it is in the fields below, and its labels stay
            standing = load_article(corpus_dir / first.standing)
            same = replace(candidate.document, source=standing.source, labels=standing.labels)
            change = compare_articles(standing, same)
        titles = titles_in(corpus_dir)
        difference = in_words([change], titles) if change else "nothing differs" if first.standing else ""
        doubts = [str(doubt) for doubt in candidate.doubts]
        has_fields = not first.is_refresh
        return {
            self.queue: queue,
            self.group: gr.update(visible=True),
            self.head: html.html(
                "waiting", waiting=first, many=len(queue), difference=difference, article=change, said=html.now()
            ),
            self.doubts: gr.update(choices=doubts, value=[], visible=bool(doubts)),
            **{
                component: gr.update(value=getattr(stated, name), visible=has_fields)
                for name, component in self.fields.items()
            },
            self.replaces: gr.update(value=bool(first.standing), visible=has_fields),
            self.reviewed: False,
            self.sides: html.html(
                "sides",
                sides=sides,
                differing=sum(not side.same for side in sides),
                alterations=candidate.alterations,
            ),
        }

    def _add(self, request: gr.Request, queue: list[Waiting], *values: Any) -> Updates:
        *fields, doubts, replaces, is_read = values
        first, rest = queue[0], queue[1:]
        stated = Stated(**{name: str(value or "").strip() for name, value in zip(self.fields, fields, strict=True)})
        reviewer = editor(request) if is_read else ""
        added = articles.add(
            self._shared.desk, first, stated, accepted=doubts or (), is_replacing=bool(replaces), reviewed_by=reviewer
        )
        command = commands.add(first.name, stated, is_replacing=bool(replaces), accepts_doubts=bool(first.candidate.doubts))
        if first.is_refresh:
            self._shared.asked.pop(added.id, None)
            command = commands.corpus("refresh", added.id, "--yes", *(["--accept-doubts"] if doubts else []))
        command += f" && {commands.corpus('review', added.id)}" if is_read else ""
        said = f"“{added.source.title}” is in. Visitors see it once you publish."
        return {**self.show(rest), **self.place.says(said, command=command, leads_on=not rest)}

    def _leave(self, queue: list[Waiting]) -> Updates:
        reading.let_go(queue[0])
        return {**self.show(queue[1:]), **self.place.says(f"{queue[0].name} was left out.")}


def _field(name: str, label: str, info: str) -> gr.Textbox:
    return gr.Textbox(label=label, info=info or None, elem_id=f"field-{name}", max_lines=1)
