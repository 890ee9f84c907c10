"""The third tab: ask the version that is not published yet beside the published one, and teach it by a label."""

import gradio as gr

from corpus.errors import CorpusError
from desk import commands, trying
from desk import shown as html
from desk.page.parts import TRY, Shared, Updates, telling


class TryTab:
    """The tab."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        with gr.Tab("Try it", id=TRY, elem_id="tab-try") as self.tab:
            gr.Markdown("## Try it")
            self.question = gr.Textbox(label="A question as a visitor would ask it", elem_id="try-question", max_lines=2)
            self.ask = gr.Button("Ask", variant="primary", elem_id="try-ask")
            self.answers = gr.HTML(elem_id="tried")
            gr.HTML("<h3>Is it wrong?</h3><p>A label teaches which sentence answers it. It counts once you build again.</p>")
            self.article = gr.Dropdown(label="Article", choices=[], value=None, elem_id="label-article")
            self.sentence = gr.Dropdown(label="This should be answered by", choices=[], value=None, elem_id="label-sentence")
            with gr.Row():
                self.label = gr.Button("Keep that this sentence answers it", elem_id="keep-label")
                self.silence = gr.Button("Keep that it must stay unanswered", elem_id="keep-silence")
            self.notice = gr.HTML(elem_id="try-notice", elem_classes=["desk-quiet"])

    def connect(self) -> None:
        """Wire it."""
        tell = telling(self.notice)
        self.ask.click(tell(self._ask), [self.question], [self.answers, self.notice])
        self.question.submit(tell(self._ask), [self.question], [self.answers, self.notice])
        self.article.change(tell(self._sentences), [self.article], [self.sentence, self.notice])
        asked = [self.question, self.article]
        self.label.click(tell(self._label), [*asked, self.sentence], [self.notice])
        self.silence.click(tell(self._silence), asked, [self.notice])

    def _ask(self, question: str) -> Updates:
        if not question.strip():
            raise CorpusError("There is no question.", remedy="Write one.")
        tried = trying.tried(self._shared.desk, self._shared.assistants, question.strip())
        return {self.answers: html.html("tried", tried=tried), self.notice: ""}

    def _sentences(self, slug: str | None) -> Updates:
        found = trying.sentences(self._shared.desk, slug) if slug else []
        return {self.sentence: gr.update(choices=found, value=None)}

    def _label(self, question: str, slug: str | None, sentence: str | None) -> Updates:
        if not slug or not sentence:
            raise CorpusError("No sentence is chosen.", remedy="Choose the article, then the sentence.")
        trying.keep_label(self._shared.desk, slug, question, [sentence])
        command = commands.questions(slug, "--add", question, "--answers", sentence)
        return {self.notice: html.notice("The label is kept. It counts once you build again.", command=command)}

    def _silence(self, question: str, slug: str | None) -> Updates:
        if not slug:
            raise CorpusError("No article is chosen.", remedy="Choose the article that does not answer it.")
        trying.keep_label(self._shared.desk, slug, question, [])
        command = commands.questions(slug, "--add", question, "--unanswered")
        return {self.notice: html.notice("The label is kept. It counts once you build again.", command=command)}
