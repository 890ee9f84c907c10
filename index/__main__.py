"""`python -m index`: build, compare, publish, roll back, list, verify and prune versions.

An entry point like `app.py`: it may use the assistant, to show what a version changes for visitors.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.evaluation.labelled import read_questions
from assistant.refresh.report import MOST_LABELLED
from assistant.refresh.workshop import Workshop
from corpus import command_line
from index.folder import IndexFolder
from index.published.pointer import FEWEST_KEPT, Said, is_withdrawn, rollback_target, rows, unreadable_versions
from index.published.signing import SigningKey, Trust, make_key
from index.published.version import current_version
from index.stores import Engines
from settings import PROJECT, Settings

app = typer.Typer(help="Versions of the index.", no_args_is_help=True, add_completion=False, rich_markup_mode=None)
AsJson = Annotated[bool, typer.Option("--json", help="print JSON")]
Questions = Annotated[list[Path] | None, typer.Option("--questions", help="files of labelled questions")]
Sample = Annotated[int, typer.Option("--sample", min=1, help="how many labelled questions to ask")]
Folder = Annotated[Path, typer.Option("--report", help="where the report is kept")]
Newest = Annotated[str | None, typer.Argument(help="left out: the newest")]
By = Annotated[str, typer.Option("--by", help="who publishes, if not the user of this machine; kept in the history")]
Why = Annotated[str, typer.Option("--why", help="why; kept in the history")]
Key = Annotated[Path | None, typer.Option("--key", help="file of the private key that signs it")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="say what would be done, and do nothing")]

WITHDRAWN = (
    "{0} was built from this very corpus and was rolled back: it stays so until something changes. "
    "`python -m index publish {0}` serves it again."
)
MOST_TOLD = 5  # questions without an answer; the report has all
REPORTS = PROJECT / "reports"
OWN_QUESTIONS = PROJECT / "tests" / "questions" / "dev.jsonl"  # where the project has its tests with it


@app.command()
def build(
    publish: Annotated[bool, typer.Option("--publish/--no-publish", help="serve it at once")] = True,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Build a version from the corpus and publish it; an unchanged corpus builds nothing.

    The model is exported in eight bits, so that serving needs no torch. With `--key` the version is signed first. Questions
    on offer that lose their answer are named, with the command that goes back.
    """
    workshop = _workshop()
    index, before = workshop.index, workshop.published_name
    signing = SigningKey(key) if key else None  # before the minutes of building
    publishes_last = publish and (signing is not None or index.trust.is_on)
    result, _, exported = workshop.build(publish=publish and not publishes_last)
    if result.is_withdrawn:
        _print(WITHDRAWN.format(result.version), as_json, asdict(result) | {"lost": []})
        return
    line = f"Nothing to do: {result.version} was built from this very corpus and model."
    if result.is_new:
        verb = "Published" if publish else "Built"
        line = f"{verb} {result.version}: {result.passages} sentences, {result.encoded} of them encoded now."
    said = [line, exported]
    if signing is not None:
        index.sign(result.version, signing)
    if publish:
        said.append(index.publish(result.version) if publishes_last else index.share(result.version))
    lost, unknown = workshop.lost_offers(before, result.version) if publish and result.is_new else ([], "")
    lines = [" ".join(filter(None, said)), *_told_lost(lost), *filter(None, [unknown])]
    _print("\n".join(lines), as_json, asdict(result) | {"lost": lost})


@app.command()
def report(
    questions: Questions = None, sample: Sample = MOST_LABELLED, folder: Folder = REPORTS, as_json: AsJson = False
) -> None:
    """Build without publishing, and write what changes for visitors; exit code 1 if it should not be published."""
    found = _report(questions, sample, folder)
    print(json.dumps(found, ensure_ascii=False) if as_json else _summary(found))
    if not found["passes"]:
        raise typer.Exit(1)


@app.command()
def refresh(
    publish: Annotated[bool, typer.Option("--publish", help="publish without asking if the gate holds")] = False,
    questions: Questions = None,
    sample: Sample = MOST_LABELLED,
    folder: Folder = REPORTS,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Report; if the gate holds, publish with `--publish` or a yes at the prompt. With `--key` it is signed first."""
    signing = SigningKey(key) if key else None
    found = _report(questions, sample, folder)
    is_news = found["version"] != found["published"]
    print(_summary(found), file=sys.stderr if as_json else sys.stdout)
    index, told, version = _settings_and_index()[1], "Nothing was published.", found["version"]
    if is_withdrawn(index.path, version):
        is_news, told = False, f"{told} {WITHDRAWN.format(version)}"
    if is_news and found["passes"]:
        if signing is not None:
            index.sign(version, signing)
        if index.source_url:
            index.push(version)  # while you read the report
    is_wanted = is_news and found["passes"]
    if is_wanted and not publish:  # with nobody there to ask, it is a no
        is_wanted = sys.stdin.isatty() and typer.confirm(f"Publish {version}?", err=True)
    if is_wanted:
        told = f"Published {version}. {index.publish(version)}".strip()
    _print(told, as_json, {"version": version, "published": is_wanted, "faults": found["faults"]})
    if not found["passes"]:
        raise typer.Exit(1)


@app.command()
def verify(
    version: Annotated[str | None, typer.Argument(help="left out: the published one")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Verify every file of a version, and what Milvus holds of it, against its manifest."""
    _, index = _settings_and_index()
    found, is_exported = index.verify(version or current_version(index.path))
    articles, passages = len(found.documents), len(found.passages)
    model = "its model is exported" if is_exported else "its model is not exported, so sentence-transformers serves it"
    line = f"{found.name} is whole: {articles} articles, {passages} sentences; {model}."
    _print(line, as_json, {"version": found.name, "articles": articles, "passages": passages, "exported": is_exported})


@app.command()
def publish(
    version: str, *, key: Key = None, why: Why = "", by: By = "", as_json: AsJson = False, dry_run: DryRun = False
) -> None:
    """Serve a version that was built before. With `--key` it is signed first.

    Where INDEX_PUBLIC_KEY is set, an older one needs `--key`, which signs the order to go back to it.
    """
    _publish(_settings_and_index()[1], version, Said(by, why), key=key, as_json=as_json, dry_run=dry_run)


@app.command()
def rollback(key: Key = None, why: Why = "", by: By = "", as_json: AsJson = False, dry_run: DryRun = False) -> None:
    """Serve the version that was published before the current one. Where INDEX_PUBLIC_KEY is set, that needs `--key`."""
    _, index = _settings_and_index()
    target = rollback_target(index.path, engines=index.engines)
    _publish(index, target, Said(by, why), key=key, as_json=as_json, dry_run=dry_run)


@app.command()
def keygen(file: Path, *, as_json: AsJson = False) -> None:
    """Make a pair of keys: write the private one to FILE, print the public one for INDEX_PUBLIC_KEY."""
    public = make_key(file)
    line = f"Keep {file} where versions are signed, and nowhere else. Set on every server:\nINDEX_PUBLIC_KEY={public}"
    _print(line, as_json, {"file": str(file), "public_key": public})


@app.command()
def sign(
    version: Newest = None,
    *,
    key: Annotated[Path, typer.Option("--key", help="file of the private key")],
    as_json: AsJson = False,
) -> None:
    """Verify a version, then sign it and its exported model."""
    _, index = _settings_and_index()
    name = version or index.newest
    index.sign(name, SigningKey(key))
    _print(f"Signed {name}.", as_json, {"version": name})


@app.command()
def push(
    version: Newest = None,
    anew: Annotated[bool, typer.Option("--anew", help="send every file again, to replace damaged ones")] = False,
    as_json: AsJson = False,
) -> None:
    """Send a version to INDEX_SOURCE ahead of publishing; replicas serve it once it is published."""
    _, index = _settings_and_index()
    name = version or index.newest
    sent = index.push(name, anew=anew)
    _print(f"Sent {name} to INDEX_SOURCE: {sent} files.", as_json, {"version": name, "sent": sent})


@app.command()
def pull(
    version: Annotated[
        str, typer.Argument(help="left out: the published one, which is published here as well", show_default=False)
    ] = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Fetch a version from INDEX_SOURCE: on a new machine of a maintainer, or before a replica is started."""
    name = _settings_and_index()[1].pull(version)
    _print(f"Fetched {name} from INDEX_SOURCE.", as_json, {"version": name})


@app.command()
def versions(as_json: AsJson = False) -> None:
    """List the complete versions, oldest first; the published one is marked."""
    _, index = _settings_and_index()
    found = rows(index.path)
    if as_json:
        print(json.dumps([asdict(row) for row in found], indent=2))
        return
    there = index.versions_at_source()
    for row in found:
        never = "" if row.was_published else "  never published"
        fault = f"  {row.fault}" if row.fault else ""
        print(f"{'*' if row.is_current else ' '} {row.version}{never}{fault}{there.get(row.version, '')}")
    for name in sorted(there.keys() - {row.version for row in found}):
        print(f"  {name}{there[name]} only")


@app.command()
def prune(
    keep: Annotated[int, typer.Option(min=FEWEST_KEPT, help="how many of the newest to keep")] = FEWEST_KEPT,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
    as_json: AsJson = False,
    dry_run: DryRun = False,
) -> None:
    """Delete old versions, at INDEX_SOURCE as well; never the published one, or one that a server on this machine serves."""
    _, index = _settings_and_index()
    skipped, (here, there) = unreadable_versions(index.path), index.prunable(keep=keep)
    names = sorted({*here, *there})
    done, deleted = "Would delete", names if dry_run else []
    if names and not dry_run and (yes or typer.confirm(f"Delete {', '.join(names)}?", err=True)):
        done, names = "Deleted", index.prune(here, there)
        deleted = names
    line = f"{done} {', '.join(names)}." if names else "Nothing to delete."
    for name, fault in skipped.items():
        line += f"\nSkipped {name}: {fault} Delete its folder yourself if no older program needs it."
    _print(line, as_json, {"deleted": deleted, "dry_run": dry_run, "skipped": skipped})


def _settings_and_index() -> tuple[Settings, IndexFolder]:
    """The settings, and the index folder that they name."""
    settings = Settings.from_environment()
    engines, trust = Engines.of(settings.index_store, settings.milvus), Trust.of(settings.index_public_key)
    return settings, IndexFolder(settings.index_dir, engines, trust, settings.index_source)


def _workshop() -> Workshop:
    settings, index = _settings_and_index()
    return Workshop(settings.corpus_dir, index, settings.model, settings.public_url, settings.region)


def _report(questions: list[Path] | None, sample: int, folder: Path) -> dict[str, Any]:
    """Build without publishing, compare with what is published, keep the report in a folder."""
    workshop = _workshop()
    files = questions or [path for path in (OWN_QUESTIONS,) if path.is_file()]
    labelled = [question for path in files for question in read_questions(path)]
    return workshop.report(labelled, folder=folder, sample=sample)


def _told_lost(lost: list[dict[str, Any]]) -> list[str]:
    """For a person: what was lost and why, how to mend it, how to go back."""
    if not lost:
        return []
    told = [f"Questions on offer that lost their answer: {len(lost)}."]
    for row in lost:
        told += [f"  {row['turns'][-1]}", *(f"    {why}" for why in row["why"])]
        told += [f"    {remedy['command']}" for remedy in row["remedies"] if "index publish" not in remedy["command"]]
    return [*told, "Go back: `python -m index rollback`. A label counts at the next build."]


def _summary(found: dict[str, Any]) -> str:
    kinds = [article["state"] for article in found["articles"]]
    lost = sum(row["what"] == "lost" for row in found["answers"])
    lines = [
        f"{found['version']} beside {found['published'] or 'nothing'}:",
        "  articles: " + ", ".join(f"{kinds.count(kind)} {kind}" for kind in ("added", "changed", "removed")),
        f"  answers that change: {len(found['answers'])}, of which {lost} lost",
        f"  links that would break: {len(found['links'])}",
        f"  report: {found['page']}",
        "The gate holds." if found["passes"] else "The gate does not hold:",
    ]
    lines += [f"  {fault}" for fault in found["faults"]]
    without = [row for row in found["answers"] if row["why"]]
    for row in without[:MOST_TOLD]:
        lines += [f"{row['what']}: {row['turns'][-1]}", *(f"  {why}" for why in row["why"])]
    more = [f"… and {len(without) - MOST_TOLD} more"] if len(without) > MOST_TOLD else []
    return "\n".join([*lines, *more, *(["What you can do about each stands in the report."] if without else [])])


def _publish(index: IndexFolder, version: str, said: Said, *, key: Path | None, as_json: bool, dry_run: bool) -> None:
    if dry_run:
        index.open(version)
        line = f"Would publish {version}, which is whole."
    else:
        line = f"Published {version}. {index.publish(version, key=SigningKey(key) if key else None, said=said)}".strip()
    _print(line, as_json, {"version": version, "dry_run": dry_run})


def _print(line: str, as_json: bool, values: dict[str, Any]) -> None:
    print(json.dumps(values) if as_json else line)


if __name__ == "__main__":
    command_line.run(app, name="python -m index")
