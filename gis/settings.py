"""Every setting of the product in one typed class, read from the environment; docs/settings.md is held to it."""

from ipaddress import ip_network
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

CHECKOUT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """What an operator may set. A field's name in capitals is the environment variable; an empty one counts as unset.

    Whether the county is the demonstration or a real one is not a setting: the data in the database say so.
    """

    model_config = SettingsConfigDict(env_ignore_empty=True, frozen=True, extra="forbid")

    database_url: str | None = Field(
        default=None,
        repr=False,
        description="The database as the application's role `wall_app`. Unset: a private cluster under `WALL_VAR`.",
    )
    database_owner_url: str | None = Field(
        default=None,
        repr=False,
        description="The same database as its owner `wall_owner`, for migrations; goes with `DATABASE_URL`.",
    )
    database_pool: int = Field(
        default=15, ge=2, le=200, description="Most connections that one application process opens."
    )
    wall_host: str = Field(
        default="127.0.0.1",
        description="Address to listen on. `0.0.0.0` opens the wall to the network; put TLS before it.",
    )
    wall_port: int = Field(
        default=8050, ge=0, le=65535, description="Port to listen on; 0 takes any free one."
    )
    wall_proxies: str = Field(
        default="127.0.0.1",
        description="Proxies whose `X-Forwarded-For` is believed: addresses or networks with commas between, or `*` "
        "where only a proxy reaches the wall. Else all its clients are one, who wait for each other's failed log-ins.",
    )
    wall_var: Path = Field(
        default=CHECKOUT / "var",
        description="Folder for what the program writes: the private cluster, its log, and the files of cases.",
    )
    wall_book: Path | None = Field(
        default=None,
        description="Folder whose `warnings.toml`, `supervision.toml`, `retention.toml`, `plans.toml`, `alarms.toml`, "
        "`procedures.toml`, `duties.toml`, `regulations.toml` and `notice.html` take the place of those in "
        "`dispatch/book/`.",
    )
    wall_basemaps: Path | None = Field(
        default=None,
        description="File that says which base maps there are (docs/basemaps.md). Unset: our own cartography alone.",
    )
    wall_language: Literal["zh", "en"] = Field(
        default="zh",
        description="What `wall import` and `wall export` speak, and what their reports show first: `zh` or `en`.",
    )
    wall_simulation: bool = Field(
        default=True,
        description="Whether robots keep the demonstration county alive. Never runs on real data.",
    )
    wall_simulation_speed: float = Field(
        default=1.0,
        gt=0,
        le=60,
        description="How fast the robots act: 1 is natural, 10 is ten times as fast.",
    )
    wall_seed: int = Field(
        default=620821, ge=0, description="Seed of the demonstration county and of its robots."
    )
    wall_session_idle_s: int = Field(
        default=8 * 3600, ge=60, description="Seconds without a request after which a session ends."
    )
    wall_session_lifetime_s: int = Field(
        default=24 * 3600, ge=60, description="Seconds after log-in at which a session ends in any case."
    )
    wall_photo_mb: int = Field(default=20, ge=1, le=200, description="Most megabytes of a photo of a case.")
    wall_audio_mb: int = Field(default=30, ge=1, le=200, description="Most megabytes of a recording.")
    wall_document_mb: int = Field(default=30, ge=1, le=200, description="Most megabytes of a document.")
    wall_join_repeats: bool = Field(
        default=False,
        description="Whether a citizen's own report joins a live case by itself where it surely tells the same.",
    )
    wall_intake_table: Path | None = Field(
        default=None,
        description="A county's own table of words for proposals at intake (docs/intake.md). Unset: the packaged one.",
    )
    wall_oidc_issuer: str | None = Field(
        default=None, description="Issuer of an OpenID Connect log-in (docs/rights.md). Unset: none."
    )
    wall_oidc_client_id: str = Field(default="wall", description="What the issuer calls this wall.")
    wall_oidc_client_secret: str | None = Field(
        default=None, repr=False, description="The wall's secret at the issuer. Unset: PKCE alone."
    )
    wall_oidc_people: Path | None = Field(
        default=None, description="TOML file: which value of a claim is which role and area (docs/rights.md)."
    )
    wall_oidc_redirect: str | None = Field(
        default=None,
        description="Address of `/api/session/oidc/back` as browsers see it. Unset: as the request came.",
    )
    wall_secure_cookies: bool = Field(
        default=False,
        description="Mark the session cookie `Secure`. Switch on where the wall is served over TLS.",
    )
    wall_import_max_mb: int = Field(
        default=512,
        ge=1,
        le=16_384,
        description="Largest file that `wall import` takes, unpacked, in MB; reading needs about six times as much.",
    )
    wall_log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="warning", description="Least severity that is written to standard error."
    )

    @field_validator("database_url", "database_owner_url")
    @classmethod
    def _is_a_url(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("postgresql://", "postgres://")):
            raise ValueError("it must begin with postgresql://, as in docs/settings.md")
        return value

    @field_validator("wall_proxies")
    @classmethod
    def _are_addresses(cls, value: str) -> str:
        for one in value.split(",") if value != "*" else ():
            ip_network(one.strip())
        return value

    @property
    def attachments_folder(self) -> Path:
        """Where photos, recordings and documents of cases lie, by hash; a backup takes it along."""
        return self.wall_var / "attachments"

    @property
    def robots_file(self) -> Path:
        """Where the simulation's credentials are written, for this user's eyes only."""
        return self.wall_var / "robots.json"


def unknown_names(environment: dict[str, str]) -> list[str]:
    """Return the `WALL_…` and `DATABASE_…` variables that no setting reads: mistyped names, most likely."""
    known = {name.upper() for name in Settings.model_fields}
    return sorted(
        name for name in environment if name.startswith(("WALL_", "DATABASE_")) and name not in known
    )
