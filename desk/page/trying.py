"""The third tab: ask the version that is not published yet beside the published one, and say which sentence answers it."""

import gradio as gr

from corpus.errors import CorpusError
from corpus.library import titles_in
from desk import articles, commands, trying
from desk import shown as html
from desk.page.parts import TRY, Follows, Shared, Updates


class TryTab:
    """The tab."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        with gr.Tab("Try it", id=TRY, elem_id="tab-try") as self.tab:
            gr.Markdown("## Try it")
            self.question = gr.Textbox(label="A question as a visitor would ask it", elem_id="try-question", max_lines=2)
            self.ask = gr.Button("Ask", variant="primary", elem_id="try-ask")
            self.place = shared.place("try")
            self.answers = gr.HTML(elem_id="tried")
            gr.HTML(
                "<h3>Is it wrong?</h3><p>Say which sentence of which article answers this question, or that an article "
                "does not answer it. The assistant learns from it when you build.</p>"
            )
            self.article = gr.Dropdown(label="Article", choices=[], value=None, elem_id="label-article")
            self.sentence = gr.Dropdown(label="This sentence answers it", choices=[], value=None, elem_id="label-sentence")
            with gr.Row():
                self.label = gr.Button("This sentence answers it", elem_id="keep-label")
                self.silence = gr.Button("This article does not answer it", elem_id="keep-silence")
            self.of_labels = shared.place("label")

    def connect(self, follows: Follows) -> None:
        """Wire it."""
        on, asked = self._shared.on, [self.question, self.article]
        for event in (self.ask.click, self.question.submit):
            on(event, self._ask, [self.question], [self.answers], self.place)
        on(self.article.select, self._sentences, [self.article], [self.sentence], self.of_labels)
        follows.after(on(self.label.click, self._label, [*asked, self.sentence], [], self.of_labels))
        follows.after(on(self.silence.click, self._silence, asked, [], self.of_labels))

    def _ask(self, question: str) -> Updates:
        _check_asked(question)
        tried = trying.tried(self._shared.desk, self._shared.assistants, question.strip())
        titles = titles_in(self._shared.desk.corpus_dir)
        return {self.answers: html.html("tried", tried=tried, titles=titles, said=html.now())}

    def _sentences(self, slug: str | None) -> Updates:
        found = trying.sentences(self._shared.desk, slug) if slug else []
        return {self.sentence: gr.update(choices=found, value=None)}

    def _label(self, question: str, slug: str | None, sentence: str | None) -> Updates:
        _check_asked(question)
        if not slug or not sentence:
            raise CorpusError("No sentence is chosen.", remedy="Choose the article, then the sentence.")
        trying.keep_label(self._shared.desk, slug, question, [sentence])
        command = commands.questions(slug, "--add", question, "--answers", sentence)
        told = f"Kept: “{sentence}” answers “{question.strip()}”. Visitors see it once you publish."
        return self.of_labels.says(told, command=command, leads_on=True)

    def _silence(self, question: str, slug: str | None) -> Updates:
        _check_asked(question)
        if not slug:
            raise CorpusError("No article is chosen.", remedy="Choose the article that does not answer it.")
        trying.keep_label(self._shared.desk, slug, question, [])
        command = commands.questions(slug, "--add", question, "--unanswered")
        title = articles.title_of(self._shared.desk, slug)
        told = f"Kept: “{title}” does not answer “{question.strip()}”. Visitors see it once you publish."
        return self.of_labels.says(told, command=command, leads_on=True)


def _check_asked(question: str) -> None:
    if not question.strip():
        raise CorpusError("There is no question.", remedy="Write one at the top.")
