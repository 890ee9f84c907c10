"""Settings out of environment variables: defaults, values, and a refusal that names variable and value."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from settings import PROJECT, Settings, SettingsError


@pytest.fixture(autouse=True)
def _no_settings_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_without_environment_variables_the_defaults_hold() -> None:
    settings = Settings.from_environment()
    assert (settings.host, settings.port, settings.page) == ("127.0.0.1", 7860, "on")
    assert settings.corpus_dir == PROJECT / "corpus" / "articles"
    assert settings.index_dir == PROJECT / "index" / "versions"
    assert (settings.model, settings.public_url) == ("all-MiniLM-L6-v2", "")


def test_an_environment_variable_overrides_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "8000")
    monkeypatch.setenv("CORPUS_DIR", "some where/é")
    settings = Settings.from_environment()
    assert (settings.port, settings.corpus_dir) == (8000, Path("some where/é"))


def test_an_empty_environment_variable_is_one_that_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "")
    monkeypatch.setenv("MODEL", "")
    settings = Settings.from_environment()
    assert (settings.port, settings.model) == (7860, "all-MiniLM-L6-v2")


@pytest.mark.parametrize(("name", "value"), [("PORT", "seven"), ("PORT", "0"), ("PORT", "65536"), ("PAGE", "maybe")])
def test_an_unusable_value_is_refused_by_variable_and_value(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"{name}='{value}' cannot be used: .*python -m assistant settings"):
        Settings.from_environment()


def test_settings_cannot_be_changed_after_they_were_read() -> None:
    settings = Settings.from_environment()
    with pytest.raises(ValidationError, match="frozen"):
        settings.port = 1  # type: ignore[misc]


def test_every_setting_has_a_help_text_and_a_default() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert not field.is_required(), name


@pytest.mark.parametrize(
    ("name", "value"),
    [("SMTP_URL", "mail.example.org:hush"), ("WATCH_WEBHOOK", "example.org/hush"), ("SERVERS", "one.example.org")],
)
def test_an_address_that_cannot_be_used_is_refused_and_a_secret_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"{name}.* cannot be used: ") as refused:
        Settings.from_environment()
    assert "hush" not in str(refused.value)


def test_servers_are_told_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVERS", "https://one.example.org/, http://two.example.org:8000 ,")
    assert Settings.from_environment().served_at == ["https://one.example.org", "http://two.example.org:8000"]
    monkeypatch.setenv("DESK_PASSWORD", "hush")
    assert "hush" not in repr(Settings.from_environment())
