"""Settings from ``INGANG_*`` environment variables, read once by the composition root."""

from __future__ import annotations

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from backend.mail import MailServer, is_mail_address, mail_server

REPOSITORY = Path(__file__).resolve().parent.parent
SHORTEST_KEY = 32
LOCAL_HOSTS = {"127.0.0.1", "localhost", "::1"}
SMS_SENDER = re.compile(r"[A-Za-z][A-Za-z0-9]{2,10}|\+\d{7,15}")


class BrokenKey(Exception):
    """The key file is empty or cut short. Restore it from a backup; without it ids are lost."""


class Settings(BaseSettings):
    """Every setting there is; the README has one line for each."""

    model_config = SettingsConfigDict(
        env_prefix="INGANG_", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    database_url: str = Field(default="", validate_default=True)
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65_535)
    public_url: str = ""
    secret_key: SecretStr = SecretStr("")
    widget_origins: Annotated[tuple[str, ...], NoDecode] = ()
    telegram_token: SecretStr = SecretStr("")
    telegram_api: str = "https://api.telegram.org"
    telegram_mode: Literal["polling", "webhook"] = "polling"
    organisation: Literal["authority", "association"] = "authority"
    retention_days: int = Field(default=90, ge=1, le=3_650)
    retention_decision: str = ""
    file_days: int = Field(default=30, ge=1, le=3_650)
    site: Path = REPOSITORY / "deploy" / "site.demo.toml"
    knowledge_dir: Path | None = None
    video_url: str = "https://meet.jit.si"
    var_dir: Path = REPOSITORY / "var"
    demo: bool = False
    terminal: bool = False
    metrics_token: SecretStr = SecretStr("")
    second_factor: Literal["required", "optional"] = "required"
    smtp_url: SecretStr = SecretStr("")
    mail_from: str = Field(default="", validate_default=True)
    sms_url: str = ""
    sms_user: str = ""
    sms_secret: SecretStr = SecretStr("")
    sms_sender: str = "Ingang"
    translate_url: str = ""
    translate_key: SecretStr = SecretStr("")

    @field_validator("widget_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value

    @field_validator("smtp_url")
    @classmethod
    def _can_be_read(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value():
            mail_server(value.get_secret_value())
        return value

    @field_validator("mail_from")
    @classmethod
    def _is_there_when_needed(cls, value: str, info: ValidationInfo) -> str:
        server: SecretStr = info.data.get("smtp_url", SecretStr(""))
        if value and not is_mail_address(value):
            message = "must be one mail address, such as no-reply@centre.example"
            raise ValueError(message)
        if server.get_secret_value() and not value:
            message = "must be set: INGANG_SMTP_URL is"
            raise ValueError(message)
        return value

    @field_validator("sms_sender")
    @classmethod
    def _can_be_shown(cls, value: str) -> str:
        if not SMS_SENDER.fullmatch(value):
            message = "must be 3 to 11 letters and digits, or a number such as +46766861000"
            raise ValueError(message)
        return value

    @model_validator(mode="after")
    def _sms_is_whole(self) -> Self:
        where = urlsplit(self.sms_url)
        if self.sms_url and where.scheme != "https" and where.hostname not in LOCAL_HOSTS:
            message = "INGANG_SMS_URL must begin with https://"
            raise ValueError(message)
        if self.sms_url and not (self.sms_user and self.sms_secret.get_secret_value()):
            message = "INGANG_SMS_USER and INGANG_SMS_SECRET must be set: INGANG_SMS_URL is"
            raise ValueError(message)
        return self

    @field_validator("translate_url")
    @classmethod
    def _is_told_in_private(cls, value: str) -> str:
        where = urlsplit(value)
        # A name without a dot is a machine beside ours, in the same network.
        is_near = where.hostname in LOCAL_HOSTS or "." not in (where.hostname or ".")
        if value and where.scheme != "https" and not (where.scheme == "http" and is_near):
            message = "must begin with https://, unless the server is on this machine or beside it"
            raise ValueError(message)
        return value

    @model_validator(mode="after")
    def _demo_stays_at_home(self) -> Self:
        if self.demo and urlsplit(self.url).hostname not in LOCAL_HOSTS:
            message = "INGANG_DEMO is refused: INGANG_PUBLIC_URL is not on this machine"
            raise ValueError(message)
        return self

    @property
    def asks_for_codes(self) -> bool:
        """Whether staff without a second step set one up before they get in."""
        return self.second_factor == "required" and not self.demo

    @property
    def url(self) -> str:
        """Where people reach the service, without a slash at the end."""
        return (self.public_url or f"http://127.0.0.1:{self.port}").rstrip("/")

    @property
    def database(self) -> str:
        """The database's address with its driver; a file in ``var/`` unless set."""
        url = self.database_url or f"sqlite:///{self.var_dir / 'ingang.sqlite3'}"
        scheme, _, rest = url.partition(":")
        drivers = {
            "sqlite": "sqlite+aiosqlite",
            "postgresql": "postgresql+psycopg",
            "postgres": "postgresql+psycopg",
        }
        return f"{drivers.get(scheme, scheme)}:{rest}"

    @property
    def mail_server(self) -> MailServer | None:
        """Where invitations are handed in, or None: none are sent."""
        url = self.smtp_url.get_secret_value()
        return mail_server(url) if url else None

    def secret(self) -> str:
        """The secret key; made on first start and kept in ``var/`` with mode 0600."""
        if self.secret_key.get_secret_value():
            return self.secret_key.get_secret_value()
        path = self.var_dir / "secret.key"
        if not path.exists():
            self.var_dir.mkdir(parents=True, exist_ok=True)
            _make_key(path)
        key = path.read_text(encoding="ascii").strip()
        if len(key) < SHORTEST_KEY:
            raise BrokenKey(path)
        return key


def _make_key(path: Path) -> None:
    """A new key appears whole or not at all; of two processes that make one, the first wins."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_urlsafe(48), encoding="ascii")
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
