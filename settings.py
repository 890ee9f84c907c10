"""Every setting, declared once: name, default, help.

Flows in: environment variables. Flows out: one frozen `Settings`. Only `app.py`, the `__main__` modules and
`Assistant.load()` called without arguments read it; everything else is given the values that it needs.
"""

from ipaddress import ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from corpus.errors import ShownError

PROJECT = Path(__file__).resolve().parent
GAPS_FILE = "gaps.json"


class SettingsError(ShownError):
    """An environment variable holds a value that cannot be used."""


class Settings(BaseSettings):
    """Environment variables, upper case; a relative path is relative to the working directory."""

    model_config = SettingsConfigDict(frozen=True, env_ignore_empty=True)

    # A Hugging Face Space names both in Gradio's way.
    host: str = Field(
        "127.0.0.1", validation_alias=AliasChoices("host", "gradio_server_name"), description="address to listen on"
    )
    port: int = Field(
        7860,
        ge=1,
        le=65535,
        validation_alias=AliasChoices("port", "gradio_server_port"),
        description="port to listen on",
    )
    corpus_dir: Path = Field(PROJECT / "corpus" / "articles", description="articles that may be quoted")
    index_dir: Path = Field(PROJECT / "index" / "versions", description="published index versions")
    index_source: str = Field(
        "",
        description="object store that an index is published to and served from, such as s3://bucket/prefix or "
        "file:///folder; its credentials, region and endpoint are read from AWS_*",
    )
    index_public_key: str = Field(
        "",
        description="Ed25519 key that versions of the index must be signed with: base64, hexadecimal digits, or a PEM file; "
        "empty: none",
    )
    model: str = Field(
        "all-MiniLM-L6-v2",
        description="embedding model: all-MiniLM-L6-v2 (pinned, from its package), a local path, or a hub id",
    )
    index_store: Literal["faiss", "milvus"] = Field(
        "faiss",
        description="store of the vectors of the next version: faiss, in its folder; milvus, at MILVUS_URI",
    )
    milvus_uri: str = Field(
        "", description="address of Milvus, such as https://milvus.example.org:19530, or a local file ending in .db"
    )
    milvus_token: SecretStr = Field(
        SecretStr(""), description="credentials for Milvus: user:password, or a key; never shown"
    )
    milvus_ca_file: str = Field(
        "", description="authorities (PEM) that may have issued the certificate of an https MILVUS_URI"
    )
    milvus_alias: str = Field(
        "rls_passages", pattern=r"^[A-Za-z][A-Za-z0-9_]{0,63}$", description="alias of the published collection in Milvus"
    )
    milvus_index: Literal["auto", "flat", "hnsw", "diskann"] = Field(
        "auto", description="index of the next collection in Milvus; auto: exact for a few, a graph for many passages"
    )
    public_url: str = Field("", description="address that visitors see, such as https://example.org/rls; empty: relative")
    allowed_origins: str = Field(
        "localhost",
        description="sites that may embed the widget beside our own, such as https://example.org; localhost: this machine "
        "at any port; *: any site",
    )
    region: str = Field("INT", description="whose emergency and crisis lines are shown: US, GB, DE, ...; INT: any")
    feedback_file: Path = Field(
        PROJECT / "reports" / "feedback.jsonl",
        description="where verdicts on answers are kept; never a word of what was asked",
    )
    record_gaps: bool = Field(
        False,
        description="1: count the subjects of questions that got no answer, in gaps.json beside FEEDBACK_FILE; never a word "
        "of a question",
    )
    preload_languages: bool = Field(
        False,
        description="1: load at start what questions in other languages are read with, not with the first such question",
    )
    rate_limit: int = Field(
        20, ge=0, description="questions a minute from one address, at most 5 of them in 3 seconds; 0: no limit"
    )
    trusted_proxies: str = Field(
        "", description="addresses or networks of proxies whose X-Forwarded-For is believed, with commas between them"
    )
    security_contact: str = Field(
        "",
        description="whom to tell about a vulnerability: mailto: and https: addresses, the preferred first, spaces between "
        "them; served as /.well-known/security.txt; empty: there is none",
    )
    operator: str = Field(
        "",
        description="who runs this site, as its pages name them; may hold an https: address; empty: they name nobody",
    )
    metrics_port: int = Field(
        0, ge=0, le=65535, description="port on 127.0.0.1 that serves /metrics for Prometheus; 0: none"
    )
    desk_password: SecretStr = Field(
        SecretStr(""),
        description="password of the maintainer's desk; without it, or without TLS before it, only this machine gets in; "
        "never shown",
    )
    desk_url: str = Field("", description="address of the desk that notices of `corpus watch` name")
    servers: str = Field("", description="addresses of servers whose /version the desk shows, with commas between them")
    watch_webhook: SecretStr = Field(
        SecretStr(""), description="address that `corpus watch` posts a notice to, as JSON with a `text`; never shown"
    )
    watch_email: str = Field("", description="address that `corpus watch` sends a notice to, by SMTP_URL")
    smtp_url: SecretStr = Field(
        SecretStr(""), description="mail server: smtp://user:password@host:587 (STARTTLS) or smtps://…; never shown"
    )
    page: Literal["on", "off"] = Field("on", description="off: the API and the articles only, without Gradio")
    mcp: Literal["on", "off"] = Field("on", description="off: no Model Context Protocol at /mcp")

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read the environment.

        Raises:
            SettingsError: a value is not usable; the message names the variable and the value.
        """
        try:
            return cls()
        except ValidationError as error:
            lines = [
                f"{_as_given(str(fault['loc'][0]), fault['input'])} cannot be used: "
                f"{fault['msg'].removeprefix('Value error, ').lower()}."
                for fault in error.errors()
            ]
            raise SettingsError(
                "\n".join(lines), remedy="`python -m assistant settings` lists every setting with its default."
            ) from None

    @property
    def milvus(self) -> dict[str, str]:
        """The fields of `index.stores.milvus_connection.MilvusServer`, by name."""
        return {
            "uri": self.milvus_uri,
            "token": self.milvus_token.get_secret_value(),
            "ca_file": self.milvus_ca_file,
            "alias": self.milvus_alias,
            "index": self.milvus_index,
        }

    @property
    def gaps_file(self) -> Path:
        """Where unanswered subjects are counted, if they are."""
        return self.feedback_file.parent / GAPS_FILE

    @property
    def served_at(self) -> list[str]:
        """The servers whose version is shown, one by one."""
        return [server.strip().rstrip("/") for server in self.servers.split(",") if server.strip()]

    @property
    def proxies(self) -> list[str]:
        """The trusted proxies, one by one."""
        return [proxy.strip() for proxy in self.trusted_proxies.split(",") if proxy.strip()]

    @property
    def security_contacts(self) -> list[str]:
        """Whom to tell about a vulnerability, one by one."""
        return self.security_contact.split()

    @field_validator("security_contact")
    @classmethod
    def _are_contacts(cls, text: str) -> str:
        for contact in text.split():
            parts = urlsplit(contact)
            is_mail = parts.scheme == "mailto" and "@" in parts.path.strip("@")
            if not (is_mail or (parts.scheme == "https" and parts.hostname)) or not contact.isprintable():
                raise ValueError("it must be like mailto:security@example.org or https://example.org/report")
        return text

    @field_validator("trusted_proxies")
    @classmethod
    def _are_addresses(cls, text: str) -> str:
        for proxy in filter(None, map(str.strip, text.split(","))):
            ip_network(proxy)  # its ValueError names what is wrong
        return text

    @field_validator("milvus_uri")
    @classmethod
    def _is_milvus(cls, text: str) -> str:
        parts = urlsplit(text)
        if parts.username or parts.password:
            raise ValueError("credentials belong in MILVUS_TOKEN")
        if text and not (parts.scheme in {"http", "https"} and parts.hostname) and not text.endswith(".db"):
            raise ValueError("it must be like https://milvus.example.org:19530, or a file ending in .db")
        return text

    @field_validator("index_source")
    @classmethod
    def _is_source(cls, text: str) -> str:
        parts = urlsplit(text)
        has_place = bool(parts.netloc) if parts.scheme == "s3" else parts.scheme == "file" and len(parts.path) > 1
        if text and (not has_place or "@" in parts.netloc or parts.query or parts.fragment):
            raise ValueError("it must be like s3://bucket/prefix or file:///folder")
        return text.rstrip("/")

    @field_validator("servers")
    @classmethod
    def _are_web_addresses(cls, text: str) -> str:
        for server in filter(None, map(str.strip, text.split(","))):
            parts = urlsplit(server)
            if parts.scheme not in {"http", "https"} or not parts.hostname:
                raise ValueError("each must be like https://example.org")
        return text

    @field_validator("smtp_url")
    @classmethod
    def _is_mail_server(cls, secret: SecretStr) -> SecretStr:
        parts = urlsplit(text := secret.get_secret_value())
        if text and (parts.scheme not in {"smtp", "smtps"} or not parts.hostname):
            raise ValueError("it must be like smtp://user:password@mail.example.org:587")
        return secret

    @field_validator("watch_webhook")
    @classmethod
    def _is_webhook(cls, secret: SecretStr) -> SecretStr:
        parts = urlsplit(text := secret.get_secret_value())
        if text and (parts.scheme not in {"http", "https"} or not parts.hostname):
            raise ValueError("it must be like https://example.org/hook")
        return secret

    @field_validator("public_url", "desk_url")
    @classmethod
    def _is_web_address(cls, text: str) -> str:
        parts = urlsplit(text)
        if text and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment):
            raise ValueError("it must be like https://example.org/rls")
        return text


def _as_given(name: str, value: object) -> str:
    """A variable with the value that cannot be used, unless it is a secret."""
    is_secret = name in Settings.model_fields and Settings.model_fields[name].annotation is SecretStr
    return name.upper() if is_secret else f"{name.upper()}={value!r}"
