"""Telling a maintainer what `watch` found: always by a file, and by a webhook and a mail if the settings name them.

The file is written first, so that no failing server costs the news. Of what cannot be sent the reason is told, never the
address: a webhook's is a secret.
"""

import smtplib
import ssl
from dataclasses import asdict, dataclass, replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx

from corpus.durable import write_json

SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Notice:
    """The news: `state` is "unchanged", "proposed", "published" or "held"; `lines` say what; `link` leads to the desk."""

    state: str
    title: str
    lines: tuple[str, ...]
    version: str = ""
    page: str = ""
    link: str = ""

    @property
    def text(self) -> str:
        """For a person."""
        return "\n".join([self.title, *(f"  {line}" for line in self.lines), *([self.link] if self.link else [])])

    def leading_to(self, link: str, /) -> "Notice":
        """The same with the desk's address."""
        return replace(self, link=link)

    def plain(self) -> dict[str, Any]:
        """For a program."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Ways:
    """Where a notice goes beside its file; empty: nowhere."""

    webhook: str = ""
    email: str = ""
    smtp: str = ""


def tell(notice: Notice, /, *, file: Path, ways: Ways) -> list[str]:
    """Write the file and send the notice. Returns what could not be sent, each with its reason."""
    file.parent.mkdir(parents=True, exist_ok=True)
    write_json(file, asdict(notice))
    failed = []
    if ways.webhook and (why := _posted(notice, ways.webhook)):
        failed.append(f"The webhook was not told: {why}.")
    if ways.email and (why := _mailed(notice, ways.email, ways.smtp)):
        failed.append(f"No mail was sent: {why}.")
    return failed


def _posted(notice: Notice, webhook: str) -> str:
    """Why a webhook did not take a notice; empty if it did. `text` is what chat programs show."""
    try:
        answer = httpx.post(webhook, json=asdict(notice) | {"text": notice.text}, timeout=SECONDS, follow_redirects=False)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"{type(error).__name__}"
    return "" if answer.is_success else f"it answers with status {answer.status_code}"


def _mailed(notice: Notice, to: str, server: str) -> str:
    """Why a mail was not sent; empty if it was."""
    parts = urlsplit(server)
    if not parts.hostname:
        return "SMTP_URL is not set"
    message = EmailMessage()
    message["Subject"], message["To"] = notice.title, to
    message["From"] = unquote(parts.username or "") if "@" in unquote(parts.username or "") else to
    message.set_content(notice.text)
    context = ssl.create_default_context()
    try:
        with _connected(parts.hostname, parts.port, context, is_encrypted=parts.scheme == "smtps") as connection:
            if parts.scheme == "smtp" and connection.has_extn("starttls"):
                connection.starttls(context=context)
                connection.ehlo()
            elif parts.scheme == "smtp" and parts.password:
                return "the server offers no encryption for the password"
            if parts.password:
                connection.login(unquote(parts.username or ""), unquote(parts.password))
            connection.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        return f"{type(error).__name__}"
    return ""


def _connected(host: str, port: int | None, context: ssl.SSLContext, *, is_encrypted: bool) -> smtplib.SMTP:
    if is_encrypted:
        return smtplib.SMTP_SSL(host, port or 465, timeout=SECONDS, context=context)
    connection = smtplib.SMTP(host, port or 587, timeout=SECONDS)
    connection.ehlo()
    return connection
