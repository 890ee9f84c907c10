"""`python -m index`: build, compare, publish, roll back, list, verify and prune versions.

An entry point like `app.py`: to show what a version changes for visitors it may use the assistant, which stands right of
the index.
"""

import json
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant import Assistant
from assistant.evaluation import LabelledQuestion, read_questions
from assistant.precision import fallen
from assistant.refresh import refresh_report, save
from assistant.refresh.report import MOST_LABELLED
from corpus import command_line, load_corpus
from corpus.changing import removed_articles
from index.build import build as build_version
from index.downloading import bring
from index.encoder import Encoder, load_encoder
from index.engines import MILVUS, Engines
from index.errors import IndexDamagedError, IndexMissingError
from index.exported_model import encoder_for, export_if_missing, remove_unused, verify_export
from index.fitness import examine
from index.locking import publishing
from index.manifest import BUILD_COMMAND
from index.milvus_server import MilvusServer
from index.object_store import ObjectStore
from index.publishing import FEWEST_KEPT, prunable, remove, remove_unfinished, rollback_target, rows
from index.publishing import publish as publish_version
from index.pushing import pointer, prunable_at, remove_at, share, versions_at
from index.pushing import push as push_version
from index.quantised_model import quantise_if_missing
from index.versions import IndexVersion, current_version, list_versions, open_version
from settings import PROJECT, Settings, SettingsError

app = typer.Typer(help="Versions of the index.", no_args_is_help=True, add_completion=False, rich_markup_mode=None)
AsJson = Annotated[bool, typer.Option("--json", help="print JSON")]
Questions = Annotated[list[Path] | None, typer.Option("--questions", help="files of labelled questions")]
Sample = Annotated[int, typer.Option("--sample", min=1, help="how many labelled questions to ask")]
Folder = Annotated[Path, typer.Option("--report", help="where the report is kept")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="say what would be done, and do nothing")]

REPORTS = PROJECT / "reports"


@app.command()
def build(
    publish: Annotated[bool, typer.Option("--publish/--no-publish", help="serve it at once")] = True,
    questions: Questions = None,
    as_json: AsJson = False,
) -> None:
    """Build a version from the corpus and publish it; an unchanged corpus builds nothing.

    With PRECISION=int8 the model is kept in int8 as well, if it answers the labelled questions no worse.
    """
    settings = Settings.from_environment()
    documents = load_corpus(settings.corpus_dir)
    encoder = load_encoder(settings.model)
    removed = removed_articles(settings.corpus_dir)
    index_dir, engines = settings.index_dir, Engines.of(settings.index_store, settings.milvus)
    result = build_version(
        documents, encoder=encoder, index_dir=index_dir, removed=removed, publish_it=publish, engines=engines
    )
    if not result.is_new:
        line = f"Nothing to do: {result.version} was built from this very corpus and model."
    else:
        verb = "Published" if publish else "Built"
        line = f"{verb} {result.version}: {result.passages} sentences, {result.encoded} of them encoded now."
    version = open_version(index_dir, result.version, engines=engines)
    exported = _export(settings, encoder, version, _labelled(questions))
    shared = _share(settings, result.version) if publish else ""
    _print(" ".join(filter(None, [line, exported, shared])), as_json, asdict(result))


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
    as_json: AsJson = False,
) -> None:
    """Report, then publish if the gate holds and `--publish` or the answer at the prompt says so."""
    found = _report(questions, sample, folder)
    is_news = found["version"] != found["published"]
    print(_summary(found), file=sys.stderr if as_json else sys.stdout)
    settings, told = Settings.from_environment(), "Nothing was published."
    if is_news and found["passes"] and settings.index_source:
        push_version(ObjectStore(settings.index_source), settings.index_dir, found["version"])  # while you read the report
    is_wanted = is_news and found["passes"] and (publish or _confirmed(f"Publish {found['version']}?"))
    if is_wanted:
        with publishing(settings.index_dir) as layout:
            publish_version(layout, found["version"], engines=Engines.of(settings.index_store, settings.milvus))
        told = f"Published {found['version']}. {_share(settings, found['version'])}".strip()
    _print(told, as_json, {"version": found["version"], "published": is_wanted, "faults": found["faults"]})
    if not found["passes"]:
        raise typer.Exit(1)


@app.command()
def verify(
    version: Annotated[str | None, typer.Argument(help="left out: the published one")] = None,
    *,
    store: Annotated[str, typer.Option(help="milvus: examine a Milvus instead of a version")] = "",
    uri: Annotated[str, typer.Option(help="its address; left out: MILVUS_URI")] = "",
    vectors: Annotated[int, typer.Option(min=1_000, help="how many to examine it with")] = 5_000,
    as_json: AsJson = False,
) -> None:
    """Verify every file of a version, and what Milvus holds of it, against its manifest.

    With `--store milvus` a Milvus is examined instead, in collections of its own; exit code 1 if it is not fit.
    """
    if store:
        _examine(store, uri, vectors, as_json=as_json)
        return
    settings = Settings.from_environment()
    index_dir, engines = settings.index_dir, Engines.of(settings.index_store, settings.milvus)
    found = open_version(index_dir, version or current_version(index_dir), engines=engines)
    engines.check(found.manifest.store, index_dir / found.name)
    articles, passages = len(found.documents), len(found.passages)
    is_exported = verify_export(found, index_dir)
    model = "its model is exported" if is_exported else "its model is not exported, so sentence-transformers serves it"
    line = f"{found.name} is whole: {articles} articles, {passages} sentences; {model}."
    _print(line, as_json, {"version": found.name, "articles": articles, "passages": passages, "exported": is_exported})


@app.command()
def publish(version: str, *, as_json: AsJson = False, dry_run: DryRun = False) -> None:
    """Serve a version that was built before, an older or a newer one."""
    _publish(version, as_json=as_json, dry_run=dry_run)


@app.command()
def rollback(as_json: AsJson = False, dry_run: DryRun = False) -> None:
    """Serve the version that was published before the current one."""
    settings = Settings.from_environment()
    target = rollback_target(settings.index_dir, engines=Engines.of(settings.index_store, settings.milvus))
    _publish(target, as_json=as_json, dry_run=dry_run)


@app.command()
def push(
    version: Annotated[str | None, typer.Argument(help="left out: the newest")] = None,
    anew: Annotated[bool, typer.Option("--anew", help="send every file again, to mend what is damaged there")] = False,
    as_json: AsJson = False,
) -> None:
    """Send a version to INDEX_SOURCE, where replicas fetch it; they serve it when it is published."""
    settings = Settings.from_environment()
    name = version or max(list_versions(settings.index_dir), default=None) or current_version(settings.index_dir)
    sent = push_version(_source(settings), settings.index_dir, name, anew=anew)
    _print(f"Sent {name} to INDEX_SOURCE: {sent} files.", as_json, {"version": name, "sent": sent})


@app.command()
def pull(
    version: Annotated[
        str | None, typer.Argument(help="left out: the published one, which is published here as well")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Fetch a version from INDEX_SOURCE: on a new machine of a maintainer, or before a replica is started."""
    settings = Settings.from_environment()
    source = _source(settings)
    name = version or pointer(source)
    bring(source, settings.index_dir, name)
    if version is None:
        with publishing(settings.index_dir) as layout:
            publish_version(layout, name, engines=Engines.of(settings.index_store, settings.milvus))
    _print(f"Fetched {name} from INDEX_SOURCE.", as_json, {"version": name})


@app.command()
def versions(as_json: AsJson = False) -> None:
    """List the complete versions, oldest first; the published one is marked."""
    settings = Settings.from_environment()
    found = rows(settings.index_dir)
    if as_json:
        print(json.dumps([asdict(row) for row in found], indent=2))
        return
    there = _versions_there(settings)
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
    settings = Settings.from_environment()
    index_dir, engines = settings.index_dir, Engines.of(settings.index_store, settings.milvus)
    names = prunable(index_dir, keep=keep)
    source = ObjectStore(settings.index_source) if settings.index_source else None
    there = prunable_at(source, keep=keep) if source else []
    everywhere = sorted({*names, *there})
    if everywhere and not dry_run and (yes or typer.confirm(f"Delete {', '.join(everywhere)}?", err=True)):
        with publishing(index_dir) as layout:
            names = [name for name in names if name in prunable(index_dir, keep=keep)]  # as it is now
            for name in names:
                remove(layout, name, engines=engines)
            remove_unfinished(layout, engines=engines)
            remove_unused(layout)
        if source is not None:
            remove_at(source, there)
        everywhere = sorted({*names, *there})
        line = f"Deleted {', '.join(everywhere)}." if everywhere else "Nothing to delete."
    else:
        line = f"Would delete {', '.join(everywhere)}." if everywhere else "Nothing to delete."
        everywhere = everywhere if dry_run else []
    _print(line, as_json, {"deleted": everywhere, "dry_run": dry_run})


def _examine(store: str, uri: str, vectors: int, *, as_json: bool) -> None:
    if store != MILVUS:
        raise SettingsError(f"--store {store!r} cannot be examined.", remedy="Say `--store milvus`.")
    found = Settings.from_environment().milvus | ({"uri": uri} if uri else {})
    if not found["uri"]:
        raise SettingsError("there is no address to examine.", remedy="Say `--uri`, or set MILVUS_URI.")
    checks = []
    for check in examine(MilvusServer(**found), rows=vectors):
        checks.append(check)
        if not as_json:
            print(f"{'ok  ' if check.holds else 'FAIL'}  {check.name}: {check.said}", flush=True)
    is_fit = all(check.holds for check in checks)
    line = "It is fit to hold the index." if is_fit else "It is NOT fit to hold the index, for the reason above."
    _print(line, as_json, {"fit": is_fit, "checks": [asdict(check) for check in checks]})
    if not is_fit:
        raise typer.Exit(1)


def _report(questions: list[Path] | None, sample: int, folder: Path) -> dict[str, Any]:
    """Build without publishing, compare with what is published, keep the report in a folder."""
    settings = Settings.from_environment()
    labelled = _labelled(questions)
    encoder: Encoder = load_encoder(settings.model)
    index_dir = settings.index_dir
    documents, removed = load_corpus(settings.corpus_dir), removed_articles(settings.corpus_dir)
    engines = Engines.of(settings.index_store, settings.milvus)
    built = build_version(
        documents, encoder=encoder, index_dir=index_dir, removed=removed, publish_it=False, engines=engines
    )
    version = open_version(index_dir, built.version, engines=engines)
    _export(settings, encoder, version, labelled)
    if settings.precision != "fp32":  # compare what will be served
        encoder = encoder_for(version, index_dir, model=settings.model, precision=settings.precision)
    new = Assistant(version, encoder, public_url=settings.public_url, region=settings.region)
    try:
        published = open_version(index_dir, current_version(index_dir), engines=engines)
    except (IndexMissingError, IndexDamagedError):
        published = None
    is_comparable = published is not None and published.manifest.model == encoder.fingerprint
    old = new.on(published) if published is not None and is_comparable else None
    found = refresh_report(old, new, labelled, most_labelled=sample)
    return found | {"page": str(save(found, folder=folder))}


def _labelled(files: list[Path] | None) -> list[LabelledQuestion]:
    """The questions of these files, or of the one that comes with the project where there is one."""
    files = files or [path for path in (PROJECT / "tests" / "questions" / "dev.jsonl",) if path.is_file()]
    return [question for path in files for question in read_questions(path)]


def _export(settings: Settings, encoder: Encoder, version: IndexVersion, questions: list[LabelledQuestion]) -> str:
    """Export a version's model, in int8 as well where that is wanted; what came of it, as sentences."""
    said = export_if_missing(encoder, version, settings.index_dir)
    if settings.precision == "fp32":
        return said
    reduced = quantise_if_missing(version, settings.index_dir, judge=partial(fallen, version, questions))
    return f"{said} {reduced}".strip()


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
    return "\n".join([*lines, *(f"  {fault}" for fault in found["faults"])])


def _confirmed(question: str) -> bool:
    """A yes at the prompt; with nobody there to ask, it is a no."""
    return sys.stdin.isatty() and typer.confirm(question, err=True)


def _publish(version: str, *, as_json: bool, dry_run: bool) -> None:
    settings = Settings.from_environment()
    index_dir, engines = settings.index_dir, Engines.of(settings.index_store, settings.milvus)
    if dry_run:
        if version not in list_versions(index_dir):
            raise IndexMissingError(f"there is no version {version} in {index_dir}.", remedy=BUILD_COMMAND)
        open_version(index_dir, version, engines=engines)
        line = f"Would publish {version}, which is whole."
    else:
        with publishing(index_dir) as layout:
            publish_version(layout, version, engines=engines)
        line = f"Published {version}. {_share(settings, version)}".strip()
    _print(line, as_json, {"version": version, "dry_run": dry_run})


def _source(settings: Settings) -> ObjectStore:
    if not settings.index_source:
        raise SettingsError("there is no INDEX_SOURCE.", remedy="Set it, for example to s3://bucket/prefix.")
    return ObjectStore(settings.index_source)


def _share(settings: Settings, version: str) -> str:
    """What is published here is published at INDEX_SOURCE as well, if there is one; said as a sentence."""
    if not settings.index_source:
        return ""
    share(ObjectStore(settings.index_source), settings.index_dir, version)
    return "Replicas fetch it from INDEX_SOURCE."


def _versions_there(settings: Settings) -> dict[str, str]:
    """What is said of each version that is at INDEX_SOURCE."""
    if not settings.index_source:
        return {}
    source = ObjectStore(settings.index_source)
    served = pointer(source)
    return {name: "  at INDEX_SOURCE" + (", served" if name == served else "") for name in versions_at(source)}


def _print(line: str, as_json: bool, values: dict[str, Any]) -> None:
    print(json.dumps(values) if as_json else line)


if __name__ == "__main__":
    command_line.run(app, name="python -m index")
