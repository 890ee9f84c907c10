"""`python -m assistant.training`: from the committed labels to what serving reads; two trainings and the fitting.

It trains for the model that the setting MODEL names (`make train MODEL=path`) and replaces what was learned for another.
"""

import typer

from assistant.training.labels import read_labels
from assistant.training.pipeline import Destinations, run
from corpus import command_line
from settings import PROJECT, Settings

app = typer.Typer(help="Learn from the labelled questions.", add_completion=False, rich_markup_mode=None)


@app.command()
def train() -> None:
    """Train twice (the first time to fit and measure on what was held out), and write what serving reads."""
    to = Destinations.of_project(PROJECT)
    model = Settings.from_environment().model
    report = run(read_labels(PROJECT), to, model=model)
    for name, figures in report["figures"].items():
        right = figures["right outcome, all"]["value"]
        print(f"{name}: right outcome {right:.3f}, calibration error {figures['expected calibration error']:.3f}")
    print(f"Every figure is in {to.report.relative_to(PROJECT)}. Renew the index, with MODEL={model}: python -m index build")


if __name__ == "__main__":
    command_line.run(app, name="python -m assistant.training")
