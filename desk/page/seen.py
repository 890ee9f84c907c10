"""The second tab: what visitors will see. One button builds and compares; what was lost can be mended here; then publish."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import gradio as gr

from assistant.refresh.report import ORDER
from corpus.document import Document
from corpus.errors import CorpusError
from corpus.questions import with_added, with_removed
from desk import articles, commands, trying, versions
from desk import shown as html
from desk.page.parts import SEEN, Shared, Updates, editor, said, telling, with_progress

HEADINGS = {
    "lost": "Questions that lost their answer",
    "unanswered": "Questions on offer that get no answer",
    "other kind": "Another kind of answer",
    "other quotes": "Other sentences quoted",
    "gained": "Questions that are answered now",
}
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
            self.build = gr.Button("Build, and see what changes", variant="primary", elem_id="build")
            self.progress = gr.HTML(elem_id="build-progress", min_height=60)
            self.summary = gr.HTML(elem_id="report")
            self.mended = gr.State([])  # turns of the rows that the editor dealt with
            self.notice = gr.HTML(elem_id="seen-notice", elem_classes=["desk-quiet"])
            self._rows()
            self.others = gr.HTML()
            with gr.Group(visible=False, elem_id="publishing") as self.group:
                gr.HTML("<h3>Publish</h3>", padding=True)
                with gr.Row():
                    self.by = gr.Textbox(label="Who publishes it", elem_id="publish-by", max_lines=1)
                    self.why = gr.Textbox(label="Why (kept in the history)", elem_id="publish-why", max_lines=1)
                self.anyway = gr.Checkbox(label="I have read why not, and want it all the same", elem_id="anyway")
                self.publish = gr.Button("Publish", variant="primary", elem_id="publish")
            self.done = gr.HTML(elem_id="published", elem_classes=["desk-quiet"])

    @property
    def shown(self) -> list[Any]:
        """Everything that shows a report."""
        return [self._shared.report, self.summary, self.others, self.group, self.anyway, self.notice, self.mended,
                self.progress, self.done]  # fmt: skip

    def connect(self, onward: gr.Button, after: Callable[[], Updates], outputs: list[Any]) -> None:
        """Wire it. `onward` leads here from the first tab; `after` shows the list of articles again."""
        tell = telling(self.notice)
        self.build.click(tell(self._build), None, self.shown, show_progress_on=[self.progress])
        leave = onward.click(lambda: (gr.update(selected=SEEN), gr.update(visible=False)), None, [self._shared.tabs, onward])
        leave.then(tell(self._build), None, self.shown, show_progress_on=[self.progress])
        given = [self._shared.report, self.by, self.why, self.anyway]
        self.publish.click(telling(self.done)(self._publish), given, [*self.shown, self.why]).then(after, None, outputs)

    def opened(self, request: gr.Request) -> Updates:
        """The last report, if its version waits still."""
        return {**self._show(versions.last_report(self._shared.desk)), self.by: editor(request), self.done: ""}

    def _build(self, progress: gr.Progress = gr.Progress()) -> Updates:  # noqa: B008
        desk = self._shared.desk
        found = with_progress(lambda: versions.propose(desk), progress, first="Reading the articles, and building")
        return {**self._show(found), self.notice: "", self.mended: [], self.progress: "", self.done: ""}

    def _show(self, found: Row | None) -> Updates:
        if found is None:
            return {self._shared.report: None, self.summary: "", self.others: "", self.group: gr.update(visible=False)}
        is_news = found["version"] != found["published"]
        counts = Counter(row["what"] for row in found["answers"])
        told = [(what, counts[what]) for what in ORDER if counts[what]]
        summary = html.html(
            "report",
            found=found,
            verdict=versions.verdict(found),
            behind=versions.behind(self._shared.desk, found["version"]),
            counts=told,
        )
        rest = [row for row in found["answers"] if row not in _needing(found)]
        groups = [(what, [html.html("answer", row=row) for row in rest if row["what"] == what]) for what in ORDER]
        others = html.html("others", groups=[(what, rows) for what, rows in groups if rows], headings=HEADINGS)
        return {
            self._shared.report: found,
            self.summary: summary,
            self.others: others,
            self.group: gr.update(visible=is_news),
            self.anyway: gr.update(visible=not found["passes"], value=False),
        }

    def _publish(self, found: Row | None, by: str, why: str, is_wanted_anyway: bool) -> Updates:  # noqa: FBT001
        if found is None:
            raise CorpusError("Nothing was built.", remedy="Build first.")
        if not found["passes"] and not is_wanted_anyway:
            raise CorpusError("It should not be published as it is.", remedy="Read why; tick the box to want it still.")
        desk, spoken = self._shared.desk, said(by, why)
        replicas = versions.publish(desk, found["version"], spoken, beside=found["published"])
        command = commands.publish(found["version"], spoken, key=str(desk.key or ""))
        told = f"Published. Visitors see it within seconds. {replicas} To take it back, open “History”.".replace("  ", " ")
        return {**self._show(None), self.done: html.notice(told, command=command), self.why: "", self.notice: ""}

    def _rows(self) -> None:
        """The rows that need somebody, each with its remedies as buttons; drawn anew for each report."""

        def rows(found: Row | None, mended: list[str]) -> None:
            for number, row in enumerate(_needing(found)):
                with gr.Group(elem_classes=["desk-row"]):
                    gr.HTML(html.html("answer", row=row), padding=True)
                    if _name(row) in mended:
                        gr.HTML('<p class="desk-soft">Dealt with.</p>', padding=True)
                    else:
                        self._buttons(row, number)

        triggers = [self._shared.report.change, self.mended.change]
        gr.render(inputs=[self._shared.report, self.mended], triggers=triggers)(rows)

    def _buttons(self, row: Row, number: int) -> None:
        for place, remedy in enumerate(row["remedies"]):
            does = "Accept that it has no answer" if remedy.get("does") == "publish" else remedy["what"]
            button = gr.Button(does, size="sm", elem_id=f"remedy-{number}-{place}")
            button.click(telling(self.notice)(self._remedying(row, remedy)), [self.mended], [self.mended, self.notice])
        if withdrawn := next((one for one in row["remedies"] if one.get("does") == "withdraw"), None):
            other = gr.Textbox(label="Offer another question instead", elem_id=f"instead-{number}", max_lines=1)
            button = gr.Button("Offer that one", size="sm", elem_id=f"offer-instead-{number}")
            click = telling(self.notice)(self._instead(row, withdrawn))
            button.click(click, [self.mended, other], [self.mended, self.notice])

    def _remedying(self, row: Row, remedy: Row) -> Callable[[list[str]], Updates]:
        def apply(mended: list[str]) -> Updates:
            desk, does, slug, question = self._shared.desk, remedy["does"], remedy["article"], remedy["question"]
            told = "Accepted. It is lost when you publish."
            if does == "withdraw":
                articles.change_questions(desk, slug, lambda document: with_removed(document, question))
                told = "It is no longer offered. It counts once you build again."
            elif does in {"label", "silence"}:
                trying.keep_label(desk, slug, question, [remedy["sentence"]] if does == "label" else [])
                told = "The label is kept. It counts once you build again."
            return {self.mended: [*mended, _name(row)], self.notice: html.notice(told, command=remedy["command"])}

        return apply

    def _instead(self, row: Row, withdrawn: Row) -> Callable[[list[str], str], Updates]:
        slug, question = withdrawn["article"], withdrawn["question"]

        def offer(mended: list[str], other: str) -> Updates:
            def change(document: Document) -> Document:
                section = next(own.section for own in document.questions if own.question == question)
                return with_added(with_removed(document, question), other, section=section)

            articles.change_questions(self._shared.desk, slug, change)
            command = commands.questions(slug, "--remove", question, "--add", other)
            told = html.notice("The other question is offered. It counts once you build again.", command=command)
            return {self.mended: [*mended, _name(row)], self.notice: told}

        return offer


def _needing(found: Row | None) -> list[Row]:
    """The rows that need somebody: lost ones first."""
    without = [row for row in found["answers"] if row["remedies"]] if found else []
    return sorted(without, key=lambda row: row["what"] != "lost")[:MOST_MENDED]


def _name(row: Row) -> str:
    return " → ".join(row["turns"])
