"""The parts wired together, as `make run` starts them."""

import json
import shutil
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

import app
from assistant.retrieval.learned.multilingual import load_multilingual
from assistant.web.process.starting import NothingToServeError
from index import current_version
from index.published.layout import MANIFEST
from index.published.manifest import FORMAT, sealed
from settings import Settings


def settings(index_dir: Path, **others: object) -> Settings:
    return Settings.model_validate({"index_dir": index_dir, "page": "off", **others})


def test_without_an_index_one_is_built_and_served(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with TestClient(app.create_app(settings(tmp_path))) as client:
        assert client.get("/readyz").json()["index_version"] == current_version(tmp_path)
        answer = client.post("/api/ask", json={"turns": ["How is iron linked to dopamine?"]}).json()
    assert answer["kind"] == "answer"
    assert "Building it now" in capsys.readouterr().out


def test_an_index_of_an_earlier_format_is_built_anew_and_served(
    real_index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index_dir = tmp_path / "index"
    shutil.copytree(real_index, index_dir)
    earlier = current_version(index_dir)
    path = index_dir / earlier / MANIFEST
    record = json.loads(path.read_bytes()) | {"format": FORMAT - 1}
    del record["sha256"]
    path.write_bytes(sealed(record))
    with TestClient(app.create_app(settings(index_dir))) as client:
        assert client.get("/readyz").json()["index_version"] == current_version(index_dir) != earlier
    assert "is of another format" in capsys.readouterr().out


def test_a_published_index_is_served_as_it_is(real_index: Path) -> None:
    before = current_version(real_index)
    with TestClient(app.create_app(settings(real_index))) as client:
        assert client.get("/version").json()["index_version"] == before
    assert current_version(real_index) == before


def test_with_the_page_off_nothing_stands_at_the_root(real_index: Path) -> None:
    with TestClient(app.create_app(settings(real_index))) as client:
        assert client.get("/").status_code == 404
        assert client.get("/articles/causes-of-restless-legs-syndrome").status_code == 200


def test_other_languages_are_loaded_at_the_start_where_that_is_wanted(real_index: Path) -> None:
    load_multilingual.cache_clear()
    app.create_app(settings(real_index))
    assert load_multilingual.cache_info().currsize == 0
    app.create_app(settings(real_index, preload_languages=True))
    assert load_multilingual.cache_info().currsize == 1


def test_urgent_help_names_the_numbers_of_the_region_in_force(real_index: Path) -> None:
    with TestClient(app.create_app(settings(real_index, region="GB"))) as client:
        message = client.post("/api/ask", json={"turns": ["I want to kill myself"]}).json()["message"]
    assert "Samaritans: 116 123" in message


def test_a_bad_setting_ends_the_start_with_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "zero")
    with pytest.raises(SystemExit, match="PORT='zero' cannot be used"):
        app.main()


def test_a_region_that_nobody_knows_is_refused_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGION", "ATLANTIS")
    with pytest.raises(SystemExit, match="REGION='ATLANTIS'"):
        app.main()


def test_an_index_that_cannot_be_built_is_nothing_to_serve(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(NothingToServeError, match=r"the index could not be built, for the reason above\. Run `python -m"):
        app.create_app(settings(tmp_path / "index", corpus_dir=tmp_path / "nothing"))
    assert "nothing" in capfd.readouterr().err
