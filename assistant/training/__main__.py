"""`python -m assistant.training`: from the committed labels to what serving reads; two trainings and the fitting.

It trains for the model that the setting MODEL names (`make train MODEL=path`) and replaces what was learned for another.
"""

from typing import Any

import numpy as np
import typer

from assistant.training import multilingual
from assistant.training.fitting import neighbours_of
from assistant.training.labels import read_labels, with_languages
from assistant.training.other_languages import learn
from assistant.training.pipeline import Destinations, run
from assistant.training.saving import QUESTIONS, save_json, save_questions
from corpus import command_line
from index.encoding.four_bits import FourBitFile
from index.encoding.multilingual import LEARNED, original_weights
from index.encoding.sentence_transformer import load_encoder
from index.published.layout import IndexLayout
from settings import PROJECT, Settings

OTHER_LANGUAGES = PROJECT / "tests" / "benchmarks" / "results" / "other-languages.json"

app = typer.Typer(help="Learn from the labelled questions.", add_completion=False, rich_markup_mode=None)


@app.callback(invoke_without_command=True)
def train(context: typer.Context) -> None:
    """Train twice (the first time to fit and measure on what was held out), and write what serving reads."""
    if context.invoked_subcommand is not None:
        return
    to = Destinations.of_project(PROJECT)
    model = Settings.from_environment().model
    report = run(read_labels(PROJECT), to, model=model)
    for name, figures in report["figures"].items():
        right = figures["right outcome, all"]["value"]
        print(f"{name}: right outcome {right:.3f}, calibration error {figures['expected calibration error']:.3f}")
    print(f"Every figure is in {to.report.relative_to(PROJECT)}. Renew the index, with MODEL={model}: python -m index build")
    tune()


@app.command()
def votes() -> None:
    """Write only the questions that vote: new labels of the main article count, and nothing is trained. Five minutes."""
    to, labels = Destinations.of_project(PROJECT), read_labels(PROJECT)
    questions = neighbours_of(labels, load_encoder(Settings.from_environment().model))
    save_questions(questions, to.learned / QUESTIONS)
    print(f"{len(questions.kinds):,} questions vote.")


@app.command()
def tune() -> None:
    """Tune the multilingual encoder, and write all that questions in other languages are read with. Forty minutes."""
    labels = with_languages(read_labels(PROJECT), PROJECT)
    learned: dict[str, Any] = multilingual.tune(labels, FourBitFile(original_weights()))
    np.savez(LEARNED, **learned)
    print(f"{LEARNED.relative_to(PROJECT)} is written.")
    other_languages()


@app.command()
def other_languages() -> None:
    """Write only what questions in other languages are read with: no encoder is trained. Ten minutes, of encoding labels."""
    to, settings = Destinations.of_project(PROJECT), Settings.from_environment()
    settings.index_dir.mkdir(parents=True, exist_ok=True)
    cache = IndexLayout(settings.index_dir).encoding_cache
    labels, encoder = with_languages(read_labels(PROJECT), PROJECT), multilingual.TunedEncoder()
    report = learn(labels, encoder, to.learned, cache=cache, is_new=multilingual.is_new)
    save_json(report, OTHER_LANGUAGES)
    for name in ("right outcome", "urgent caught", "harmless alarmed"):
        print(f"{name}: {report[name]['value']:.3f}")
    print(f"right outcome on articles that nobody labelled: {report['other articles']['right outcome']['value']:.3f}")
    print(f"Every figure is in {OTHER_LANGUAGES.relative_to(PROJECT)}.")


if __name__ == "__main__":
    command_line.run(app, name="python -m assistant.training")
