"""The second tab: what visitors will see. One button builds and compares; what was lost can be mended here; then publish."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import gradio as gr

from assistant.refresh.report import ORDER
from corpus.document import Document
from corpus.errors import CorpusError, ShownError
from corpus.library import titles_in
from corpus.questions import with_added, with_removed
from desk import articles, commands, trying, versions
from desk import shown as html
from desk.page.parts import SEEN, TO_BUILD, Follows, Shared, Updates, editor

HEADINGS = {
    "lost": "Questions that lost their answer",
    "unanswered": "Questions on offer that get no answer",
    "other kind": "Another kind of answer",
    "other quotes": "Other sentences quoted",
    "gained": "Questions that are answered now",
}
Mended = dict[str, tuple[bool, str]]  # whether a row is dealt with, and what is told below its buttons
MOST_MENDED = 15  # rows with buttons; the others are shown without
Row = dict[str, Any]


class SeenTab:
    """The tab."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        with gr.Tab("What visitors will see", id=SEEN, elem_id="tab-seen"):
            gr.Markdown("## What visitors will see")
            gr.HTML(
                "<p>Builds a version beside the published one, and asks both the same questions. Visitors notice nothing of "
                "it. It takes a minute or two.</p>"
            )
            with gr.Row():
                self.build = gr.Button(TO_BUILD, variant="primary", elem_id="build")
                self.stop = gr.Button("Stop building", variant="stop", visible=False, elem_id="stop-build")
            self.progress = gr.HTML(elem_id="build-progress", min_height=60)
            self.place = shared.place("build")
            self.summary = gr.HTML(elem_id="report")
            self.mended = gr.State({})  # by row, what was said below its buttons
            self._rows()
            self.again_too = gr.Button("Build again", visible=False, elem_id="build-again")
            self.others = gr.HTML()
            with gr.Group(visible=False, elem_id="publishing") as self.group:
                gr.HTML("<h3>Publish</h3>", padding=True)
                self.stale = gr.HTML(elem_id="stale", padding=True)
                with gr.Row():
                    self.by = gr.Textbox(label="Who publishes it *", elem_id="publish-by", max_lines=1)
                    self.why = gr.Textbox(label="Why (kept in the history) *", elem_id="publish-why", max_lines=1)
                self.anyway = gr.Checkbox(label="I have read why not, and want it all the same", elem_id="anyway")
                self.publish = gr.Button("Publish", variant="primary", elem_id="publish")
            self.done = shared.place("publish")

    @property
    def shown(self) -> list[Any]:
        """Everything that shows a report."""
        return [self._shared.report, self.summary, self.others, self.group, self.anyway, self.mended, self.stale,
                self.again_too]  # fmt: skip

    def connect(self, articles_changed: Follows, version_changed: Follows) -> None:
        """Wire it. Every place's button leads here; a remedy changes an article."""
        # Not after a button of a row: it is drawn anew by then, and the row's events are gone.
        self.mended.change(articles_changed.function, articles_changed.inputs, articles_changed.outputs)
        self._builds(self.build.click)
        self._builds(self.again_too.click)
        for place in self._shared.places:
            leave = place.onward.click(lambda: gr.update(selected=SEEN), None, [self._shared.tabs])
            self._builds(leave.then)
        self.stop.click(self._stop, None, None)
        given = [self._shared.report, self.by, self.why, self.anyway]
        published = self._shared.on(self.publish.click, self._publish, given, [*self.shown, self.why], self.done)
        version_changed.after(published)

    def _builds(self, event: Any) -> None:
        """Let an event build, with a button to stop it for as long as it does."""
        began = event(lambda: gr.update(visible=True), None, [self.stop], show_progress="hidden")
        built = self._shared.on(began.then, self._build, None, self.shown, self.place, show_progress_on=[self.progress])
        built.then(lambda: gr.update(visible=False), None, [self.stop], show_progress="hidden")

    def _stop(self) -> None:
        self._shared.builder.stop()  # whoever waits for the build says that it was stopped

    def opened(self, request: gr.Request) -> Updates:
        """The last report, if its version waits still; and the button that stops what somebody else is building."""
        return {**self.last(), self.by: editor(request), self.stop: gr.update(visible=self._shared.builder.is_busy)}

    def last(self) -> Updates:
        """The last report, if its version waits still."""
        return self._show(versions.last_report(self._shared.desk))

    def again(self, found: Row | None) -> Updates:
        """A report that is shown, held against the articles as they are now."""
        return {} if found is None else self._judged(found)

    def _build(self, progress: gr.Progress = gr.Progress()) -> Updates:  # noqa: B008
        desk = self._shared.desk
        found = self._shared.builder.propose(desk, lambda share, told: progress(share, desc=told))
        return self._show(found, said=html.now())

    def _show(self, found: Row | None, said: int = 0) -> Updates:
        if found is None:
            hidden = gr.update(visible=False)
            none = {self._shared.report: None, self.summary: "", self.others: "", self.group: hidden, self.mended: {}}
            return {**none, self.again_too: hidden}
        rest, titles = [row for row in found["answers"] if row not in _needing(found)], self._titles(found)
        groups = [
            (what, [html.html("answer", row=row, titles=titles) for row in rest if row["what"] == what]) for what in ORDER
        ]
        others = html.html("others", groups=[(what, rows) for what, rows in groups if rows], headings=HEADINGS)
        return {
            self._shared.report: found,
            **self._judged(found, said),
            self.others: others,
            self.group: gr.update(visible=found["version"] != found["published"]),
            self.anyway: gr.update(visible=not found["passes"], value=False),
            self.mended: {},
            self.again_too: gr.update(visible=False),
        }

    def _judged(self, found: Row, said: int = 0) -> Updates:
        """The verdict on a report, and what speaks against publishing it just now; `said` where it is told anew."""
        desk, counts = self._shared.desk, Counter(row["what"] for row in found["answers"])
        behind = versions.behind(desk, found["version"])
        summary = html.html(
            "report",
            found=found,
            verdict=versions.verdict(found),
            faults=versions.faults(found),
            said=said,
            behind=behind,
            taken=versions.taken_back(desk, found["version"]),
            counts=[(what, counts[what]) for what in ORDER if counts[what]],
            headings=HEADINGS,
            titles=self._titles(found),
        )
        return {self.summary: summary, self.stale: html.html("stale", behind=behind)}

    def _titles(self, found: Row) -> dict[str, str]:
        return {article["id"]: article["title"] for article in found["articles"]} | titles_in(self._shared.desk.corpus_dir)

    def _publish(self, found: Row | None, by: str, why: str, is_wanted_anyway: bool) -> Updates:  # noqa: FBT001
        if found is None:
            raise CorpusError("Nothing was built.", remedy="Build first, at the top.")
        if not found["passes"] and not is_wanted_anyway:
            raise CorpusError("It should not be published as it is.", remedy="Read why; tick the box to want it still.")
        desk, spoken = self._shared.desk, versions.said(by, why)
        replicas = versions.publish(desk, found["version"], spoken, beside=found["published"])
        command = commands.publish(found["version"], spoken, key=str(desk.key or ""))
        told = f"Published. Visitors see it within seconds. {replicas} To take it back, open “History”.".replace("  ", " ")
        return {**self._show(None), **self.done.says(told, command=command), self.why: ""}

    def _rows(self) -> None:
        """The rows that need somebody, each with its remedies as buttons; drawn anew for each report."""

        def rows(found: Row | None, mended: Mended) -> None:
            titles = self._titles(found) if found else {}
            for number, row in enumerate(_needing(found)):
                with gr.Group(elem_classes=["desk-row"]):
                    gr.HTML(html.html("answer", row=row, titles=titles), padding=True)
                    is_done, told = mended.get(_name(row), (False, ""))
                    if not is_done:
                        self._buttons(row, number, titles)
                    if told:
                        gr.HTML(told, padding=True, elem_id=f"mended-{number}")

        triggers = [self._shared.report.change, self.mended.change]
        gr.render(inputs=[self._shared.report, self.mended], triggers=triggers)(rows)

    def _buttons(self, row: Row, number: int, titles: dict[str, str]) -> None:
        for place, remedy in enumerate(row["remedies"]):
            button = gr.Button(_does(remedy, titles), size="sm", elem_id=f"remedy-{number}-{place}")
            self._mends(button, row, self._remedying(remedy), [])
        if withdrawn := next((one for one in row["remedies"] if one.get("does") == "withdraw"), None):
            other = gr.Textbox(label="Offer another question instead", elem_id=f"instead-{number}", max_lines=1)
            button = gr.Button("Offer that one", size="sm", elem_id=f"offer-instead-{number}")
            self._mends(button, row, self._instead(withdrawn), [other])

    def _mends(self, button: gr.Button, row: Row, mend: Callable[..., tuple[str, str]], inputs: list[Any]) -> None:
        """Let a button of a row mend it; what it did, or why not, stands in that row."""

        def pressed(mended: Mended, *values: str) -> Updates:
            try:
                told, command = mend(*values)
            except ShownError as error:
                return {self.mended: {**mended, _name(row): (False, html.refusal(error))}}
            done = {**mended, _name(row): (True, html.notice(told, command=command))}
            return {self.mended: done, self.again_too: gr.update(visible=True)}

        shown = [self.mended, self.again_too]
        self._shared.on(button.click, pressed, [self.mended, *inputs], shown, self.place)

    def _remedying(self, remedy: Row) -> Callable[[], tuple[str, str]]:
        def apply() -> tuple[str, str]:
            desk, does, slug, question = self._shared.desk, remedy["does"], remedy["article"], remedy["question"]
            told = "Accepted. It is lost when you publish."
            if does == "withdraw":
                articles.change_questions(desk, slug, lambda document: with_removed(document, question))
                told = "It is no longer offered, once you have built again and published."
            elif does in {"label", "silence"}:
                trying.keep_label(desk, slug, question, [remedy["sentence"]] if does == "label" else [])
                told = "Kept. Build again to see what becomes of it."
            return told, remedy["command"]

        return apply

    def _instead(self, withdrawn: Row) -> Callable[[str], tuple[str, str]]:
        slug, question = withdrawn["article"], withdrawn["question"]

        def offer(other: str) -> tuple[str, str]:
            def change(document: Document) -> Document:
                section = next(own.section for own in document.questions if own.question == question)
                return with_added(with_removed(document, question), other, section=section)

            articles.change_questions(self._shared.desk, slug, change)
            command = commands.questions(slug, "--remove", question, "--add", other)
            return "The other question is offered, once you have built again and published.", command

        return offer


def _needing(found: Row | None) -> list[Row]:
    """The rows that need somebody: lost ones first."""
    without = [row for row in found["answers"] if row["remedies"]] if found else []
    return sorted(without, key=lambda row: row["what"] != "lost")[:MOST_MENDED]


def _does(remedy: Row, titles: dict[str, str]) -> str:
    """What a remedy's button says."""
    title = titles.get(remedy["article"], remedy["article"])
    return {
        "publish": "Accept that it has no answer",
        "withdraw": f"No longer offer this question (“{title}”)",
        "label": f"This sentence answers it: “{remedy['sentence']}”",
        "silence": f"“{title}” does not answer it",
    }[remedy["does"]]


def _name(row: Row) -> str:
    return " → ".join(row["turns"])
