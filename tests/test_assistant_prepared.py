"""What is made out of installed packages: once, again where that is needed, and never in the process that serves."""

import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import assistant.prepared
from assistant.language import MODEL, LanguageModel
from assistant.prepared import KEY, Arrays, PreparationError, file_of, prepared
from assistant.spelling import ENGLISH, English
from settings import PROJECT

PACKAGES = ("py3langid", "symspellpy")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What a child process was asked for; it is a real one."""
    asked: list[tuple[str, str]] = []
    real = assistant.prepared._made_by_a_child

    def noting(name: str, key: str) -> bytes:
        asked.append((name, key))
        return real(name, key)

    monkeypatch.setattr("assistant.prepared._made_by_a_child", noting)
    return asked


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def english(folder: Path, key: str = "now") -> English:
    return prepared(ENGLISH, key, read=English.of, folder=folder)


def save(folder: Path, arrays: dict[str, Any]) -> None:
    np.savez(file_of(ENGLISH, folder), **arrays)


def kept(folder: Path) -> dict[str, Any]:
    with np.load(file_of(ENGLISH, folder)) as arrays:
        return dict(arrays)


def test_it_is_made_once_and_used_again(folder: Path, made: list[tuple[str, str]]) -> None:
    first, again = english(folder), english(folder)
    assert made == [(ENGLISH, "now")]
    assert np.array_equal(first.known, again.known)
    assert (first.common.words, first.common.counts.tolist()) == (again.common.words, again.common.counts.tolist())
    assert [path.name for path in folder.iterdir()] == ["english.npz"]


def test_another_release_or_other_languages_renew_it(folder: Path, made: list[tuple[str, str]]) -> None:
    english(folder, "old")
    english(folder, "new")
    english(folder, "new")
    assert made == [(ENGLISH, "old"), (ENGLISH, "new")]
    assert str(kept(folder)[KEY]) == "new"


def flip_a_bit(folder: Path) -> None:
    file = file_of(ENGLISH, folder)
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def cut_it_short(folder: Path) -> None:
    file = file_of(ENGLISH, folder)
    file.write_bytes(file.read_bytes()[:100_000])


def empty_it(folder: Path) -> None:
    file_of(ENGLISH, folder).write_bytes(b"")


def put_a_pickle(folder: Path) -> None:
    save(folder, kept(folder) | {"known": np.array([Bomb()], dtype=object)})


def drop_an_array(folder: Path) -> None:
    save(folder, {name: array for name, array in kept(folder).items() if name != "counts"})


def drop_the_key(folder: Path) -> None:
    save(folder, {name: array for name, array in kept(folder).items() if name != KEY})


def cut_an_array(folder: Path) -> None:
    arrays = kept(folder)
    save(folder, arrays | {"counts": arrays["counts"][1:]})


def change_a_type(folder: Path) -> None:
    arrays = kept(folder)
    save(folder, arrays | {"common": arrays["counts"]})


class Bomb:
    """Ends the process when it is unpickled."""

    def __reduce__(self) -> tuple[Any, tuple[int]]:
        return os._exit, (7,)


@pytest.mark.parametrize(
    "damage",
    [flip_a_bit, cut_it_short, empty_it, put_a_pickle, drop_an_array, drop_the_key, cut_an_array, change_a_type],
    ids=lambda damage: damage.__name__,
)
def test_whatever_is_wrong_with_the_file_it_is_made_anew(
    damage: Any, folder: Path, original: Path, made: list[tuple[str, str]], caplog: pytest.LogCaptureFixture
) -> None:
    shutil.copytree(original, folder)
    damage(folder)
    with caplog.at_level(logging.INFO):
        assert english(folder).knows("sleep")
    assert made == [(ENGLISH, "now")]
    assert "english.npz cannot be used" in caplog.text
    english(folder)
    assert len(made) == 1


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prepared") / "cache"
    english(folder)
    return folder


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("runs", lambda arrays: arrays["runs"].reshape(-1, 1)),
        ("runs", lambda arrays: arrays["runs"].astype(np.int64)),
        ("weights", lambda arrays: arrays["weights"][:, 1:]),
        ("prior", lambda arrays: arrays["prior"][:-1]),
        ("languages", lambda arrays: arrays["languages"][np.newaxis]),
    ],
)
def test_arrays_that_do_not_fit_one_another_are_no_language_model(name: str, change: Any) -> None:
    arrays: Arrays = {
        "languages": np.array(["de", "en"]),
        "runs": np.array([1, 2, 3], np.uint64),
        "weights": np.zeros((3, 2), np.float16),
        "prior": np.zeros(2, np.float32),
    }
    assert LanguageModel.of(arrays).languages == ("de", "en")
    with pytest.raises(ValueError, match="not those of a language model"):
        LanguageModel.of({**arrays, name: change(arrays)})


def test_where_nothing_can_be_kept_it_is_made_each_time(
    tmp_path: Path, made: list[tuple[str, str]], caplog: pytest.LogCaptureFixture
) -> None:
    """Not a folder without permission: root, as whom tests may run, writes there."""
    (tmp_path / "file").write_text("")
    with caplog.at_level(logging.INFO):
        assert english(tmp_path / "file" / "cache").knows("sleep")
        assert english(tmp_path / "file" / "cache").knows("sleep")
    assert len(made) == 2
    assert "english.npz cannot be kept" in caplog.text


def test_a_reader_that_fails_for_what_was_just_made_is_a_fault_and_no_endless_loop(
    folder: Path, made: list[tuple[str, str]]
) -> None:
    def read(_: Arrays) -> None:
        raise ValueError("ours")

    with pytest.raises(ValueError, match="ours"):
        prepared(ENGLISH, "now", read=read, folder=folder)
    assert len(made) == 1


def test_what_cannot_be_made_is_refused_with_what_to_do(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(PreparationError, match=r"unheard could not be prepared.*make setup"):
        prepared("unheard", "now", read=English.of, folder=folder)
    assert "unheard" in capfd.readouterr().err
    assert not folder.exists()


def test_a_fresh_checkout_prepares_itself_and_holds_none_of_the_packages(tmp_path: Path) -> None:
    checkout = tmp_path / "a checkout"
    leave = shutil.ignore_patterns("cache", "versions", "node_modules", "__pycache__", ".lock*")
    for part in ("assistant", "index", "corpus"):
        shutil.copytree(PROJECT / part, checkout / part, ignore=leave)
    shutil.copy(PROJECT / "settings.py", checkout)
    code = f"""
import sys
from assistant.language import language_of
from assistant.spelling import Spelling
print(language_of("¿Qué medicamentos pueden provocarlo?"), Spelling([]).correct("is it importent"))
print([name for name in {PACKAGES!r} if name in sys.modules])
"""
    for _ in range(2):
        ended = subprocess.run([sys.executable, "-c", code], cwd=checkout, capture_output=True, text=True)
        assert (ended.stdout, ended.stderr) == ("es is it important\n[]\n", "")
        kept = sorted(path.name for path in (checkout / "assistant" / "prepared" / "cache").iterdir())
        assert kept == [f"{ENGLISH}.npz", f"{MODEL}.npz"]


def test_the_command_makes_everything_ahead_and_says_where() -> None:
    ended = subprocess.run([sys.executable, "-m", "assistant.prepared"], cwd=PROJECT, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (0, f"Prepared: {assistant.prepared.FOLDER}\n"), ended.stderr
    assert file_of(MODEL).exists()
    assert file_of(ENGLISH).exists()


def test_what_is_prepared_is_not_committed() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True).stdout.splitlines()
    assert [path for path in tracked if Path(path).name in {f"{MODEL}.npz", f"{ENGLISH}.npz"}] == []
    ignored = subprocess.run(["git", "check-ignore", "--quiet", str(file_of(MODEL))], cwd=PROJECT)
    assert ignored.returncode == 0
