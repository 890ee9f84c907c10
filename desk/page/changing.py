"""Changing one article: what is said of it, its questions on offer, its labels, its review, and its removal."""

from collections.abc import Callable
from datetime import date
from typing import Any

import gradio as gr

from corpus.document import Document
from corpus.editing import review_of, why_due
from corpus.errors import CorpusError
from corpus.incoming.candidate import ASKED, TAKEN_AWAY, Stated
from corpus.library import accepted_doubts_of, article_folder, fetched_of, load_article
from corpus.questions import in_order, with_added, with_removed
from corpus.questions.change import label_as_line
from corpus.questions.labelling import without_label
from corpus.questions.proposing import proposed
from corpus.readers.guarded import read_shown
from desk import articles, commands, reading
from desk import shown as html
from desk.page.adding import FIELDS
from desk.page.parts import Follows, Place, Shared, Updates, editor


class Changing:
    """The part of the first tab that changes an article."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        gr.Markdown("## Change an article")
        self.chosen = gr.Dropdown(label="Article", choices=[], value=None, elem_id="chosen")
        self.place = shared.place("changing")
        self.seen = gr.State("")
        with gr.Group(visible=False, elem_id="changing") as self.group:
            self.head = gr.HTML(padding=True)
            with gr.Accordion("What is said of it", open=True):
                with gr.Row():
                    with gr.Column():
                        self.fields = {name: _field(name) for name in ASKED[:3]}
                    with gr.Column():
                        self.fields |= {name: _field(name) for name in ASKED[3:]}
                with gr.Row():
                    self.save = gr.Button("Save what is said of it", variant="primary", elem_id="save")
                    self.reviewed = gr.Button("I have read it, and it holds", elem_id="reviewed")
                self.of_fields = shared.place("edit")
            with gr.Accordion("The file beside the text", open=False):
                self.sides = gr.HTML(padding=True)
            with gr.Accordion("Questions that it offers", open=False):
                self.offered = gr.CheckboxGroup(label="On offer: tick those to withdraw", elem_id="offered")
                self.withdraw = gr.Button("Withdraw those that are ticked", elem_id="withdraw")
                self.of_withdrawn = shared.place("withdraw")
                self.proposed = gr.CheckboxGroup(label="Proposed by its headings: tick those to offer", elem_id="proposed")
                self.take = gr.Button("Offer those that are ticked", elem_id="take-proposed")
                self.of_taken = shared.place("take")
                with gr.Row():
                    self.question = gr.Textbox(label="A question of your own", elem_id="new-question", max_lines=1)
                    self.section = gr.Dropdown(label="Its section", choices=[], elem_id="new-section")
                self.offer = gr.Button("Offer it", elem_id="offer")
                self.of_questions = shared.place("questions")
            with gr.Accordion("What you have said of questions", open=False):
                gr.HTML(
                    "<p>Under “Try it”, and where an answer was lost, you can say which sentence answers a question.</p>"
                )
                self.labels = gr.CheckboxGroup(label="Said so far: tick those to forget", elem_id="labels")
                self.forget = gr.Button("Forget those that are ticked", elem_id="forget")
                self.of_labels = shared.place("labels")
            with gr.Accordion("Remove it", open=False):
                self.sure = gr.Checkbox(label="Yes, visitors shall no longer read it", elem_id="sure")
                self.remove = gr.Button("Remove this article", variant="stop", elem_id="remove")
                self.of_removal = shared.place("remove")

    def connect(self, follows: Follows) -> None:
        """Wire it."""
        chosen, fields = self.chosen, list(self.fields.values())
        self._shared.on(
            self.chosen.select, self._show, [chosen], self.shown, self.place
        )  # `input` comes again as it loses focus
        for button, function, inputs, place in (
            (self.save, self._save, [self.seen, *fields], self.of_fields),
            (self.reviewed, self._review, [], self.of_fields),
            (self.withdraw, self._withdraw, [self.offered], self.of_withdrawn),
            (self.take, self._take, [self.proposed], self.of_taken),
            (self.offer, self._offer, [self.question, self.section], self.of_questions),
            (self.forget, self._forget, [self.labels], self.of_labels),
            (self.remove, self._remove, [self.sure], self.of_removal),
        ):
            follows.after(self._shared.on(button.click, function, [chosen, *inputs], self.shown, place))

    @property
    def shown(self) -> list[Any]:
        """Everything that shows the article."""
        lists = [self.offered, self.proposed, self.section, self.labels, self.question, self.sure, self.chosen]
        return [self.seen, self.group, self.head, *self.fields.values(), self.sides, *lists]

    def closed(self) -> Updates:
        """No article is open."""
        return {self.group: gr.update(visible=False), self.seen: ""}

    def _show(self, slug: str | None) -> Updates:
        if not slug:
            return self.closed()
        folder = article_folder(self._shared.desk.corpus_dir, slug)
        document = load_article(folder)
        path, fetched = reading.original_of(folder), fetched_of(folder)
        sides = reading.side_by_side(read_shown(path, charset=fetched.charset if fetched else ""), document)
        differing = sum(not side.same for side in sides)
        headings = list(dict.fromkeys(section.heading for section in document.sections))
        head = html.html(
            "article",
            document=document,
            review=review_of(folder),
            due=why_due(folder, today=date.today()),
            doubts=accepted_doubts_of(folder),
        )
        return {
            self.group: gr.update(visible=True),
            self.seen: reading.state_of(folder),
            self.head: head,
            **{component: str(getattr(document.source, name) or "") for name, component in self.fields.items()},
            self.sides: html.html("sides", sides=sides, differing=differing, alterations=()),
            self.offered: _choices([own.question for own in in_order(document)]),
            self.proposed: _choices([own.question for own in proposed(document)]),
            self.section: gr.update(choices=headings, value=headings[0]),
            self.labels: _choices([label_as_line(label) for label in document.labels]),
            self.question: "",
            self.sure: False,
        }

    def _save(self, slug: str, seen: str, *values: str) -> Updates:
        source = load_article(article_folder(self._shared.desk.corpus_dir, slug)).source
        old = {name: str(getattr(source, name) or "") for name in self.fields}
        new = {name: (value or "").strip() for name, value in zip(self.fields, values, strict=True)}
        stated = Stated(slug, **{name: text or TAKEN_AWAY for name, text in new.items() if text != old[name]})
        after = articles.edit(self._shared.desk, slug, stated, seen=seen)
        said = f"“{after.source.title}” is saved. Visitors see it once you publish."
        return {**self._show(slug), **self.of_fields.says(said, command=commands.edit(slug, stated), leads_on=True)}

    def _review(self, request: gr.Request, slug: str) -> Updates:
        by = editor(request)
        said = f"Reviewed on {articles.review(self._shared.desk, slug, by=by)} by {by or 'somebody without a name'}."
        return {**self._show(slug), **self.of_fields.says(said, command=commands.corpus("review", slug))}

    def _withdraw(self, slug: str, ticked: list[str]) -> Updates:
        options = [word for question in _some(ticked) for word in ("--remove", question)]
        return self._changed(slug, _each(with_removed, ticked), f"{len(ticked)} withdrawn.", options, self.of_withdrawn)

    def _take(self, slug: str, ticked: list[str]) -> Updates:
        def take(document: Document) -> Document:
            sections = {own.question: own.section for own in proposed(document)}
            for question in _some(ticked):
                document = with_added(document, question, section=sections[question])
            return document

        options = [word for question in _some(ticked) for word in ("--add", question)]
        return self._changed(slug, take, f"{len(ticked)} offered.", options, self.of_taken)

    def _offer(self, slug: str, question: str, section: str) -> Updates:
        def offer(document: Document) -> Document:
            return with_added(document, question, section=section)

        return self._changed(slug, offer, "It is offered.", ["--add", question, "--section", section], self.of_questions)

    def _forget(self, slug: str, ticked: list[str]) -> Updates:
        def forget(document: Document) -> Document:
            for number in sorted(_numbers(document, _some(ticked)), reverse=True):  # from the last: the numbers hold
                document = without_label(document, number)
            return document

        document = load_article(article_folder(self._shared.desk.corpus_dir, slug))
        options = [word for number in _numbers(document, _some(ticked)) for word in ("--remove", f"L{number}")]
        return self._changed(slug, forget, f"{len(ticked)} forgotten.", options, self.of_labels)

    def _changed(
        self, slug: str, change: Callable[[Document], Document], said: str, options: list[str], place: Place
    ) -> Updates:
        articles.change_questions(self._shared.desk, slug, change)
        told = f"{said} Visitors see it once you publish."
        return {**self._show(slug), **place.says(told, command=commands.questions(slug, *options), leads_on=True)}

    def _remove(self, slug: str, is_sure: bool) -> Updates:  # noqa: FBT001 - Gradio calls it
        if not is_sure:
            raise CorpusError("You have not said that you are sure.", remedy="Tick the box above the button.")
        title = articles.title_of(self._shared.desk, slug)
        articles.remove(self._shared.desk, slug)
        said = f"“{title}” is removed, and lies in the bin. Visitors read it until you publish."
        told = self.place.says(said, command=commands.corpus("remove", slug, "--yes"), leads_on=True)
        return {**self.closed(), **told, self.chosen: gr.update(value=None)}


def _field(name: str) -> gr.Textbox:
    label, info = FIELDS[name]
    return gr.Textbox(label=label, info=info or None, elem_id=f"edit-{name}", max_lines=1)


def _choices(texts: list[str]) -> Any:
    return gr.update(choices=texts, value=[])


def _some(ticked: list[str] | None) -> list[str]:
    """What is ticked.

    Raises:
        CorpusError: nothing is.
    """
    if not ticked:
        raise CorpusError("Nothing is ticked.", remedy="Tick at least one.")
    return ticked


def _each(change: Callable[[Document, str], Document], texts: list[str]) -> Callable[[Document], Document]:
    def changed(document: Document) -> Document:
        for text in texts:
            document = change(document, text)
        return document

    return changed


def _numbers(document: Document, ticked: list[str]) -> list[int]:
    return [number for number, label in enumerate(document.labels, 1) if label_as_line(label) in ticked]
