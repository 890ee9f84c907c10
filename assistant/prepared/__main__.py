"""`python -m assistant.prepared`: what a server makes at its first start, made ahead; `make setup` calls it."""

import typer

from assistant import language, spelling
from assistant.prepared import FOLDER, PreparationError, file_of
from corpus import command_line

app = typer.Typer(help="Make what a server reads out of installed packages.", add_completion=False, rich_markup_mode=None)


@app.command()
def prepare() -> None:
    """Make what is missing, damaged or of another release, and say where it is kept."""
    for make in (language.language_model, spelling.english):
        make()
    if missing := [name for name in (language.MODEL, spelling.ENGLISH) if not file_of(name).exists()]:
        raise PreparationError(f"{FOLDER} cannot be written to, so {', '.join(missing)} is made at each start.", remedy="")
    print(f"Prepared: {FOLDER}")


if __name__ == "__main__":
    command_line.run(app, name="python -m assistant.prepared")
