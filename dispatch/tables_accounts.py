"""Tables of who may come in: accounts, sessions, tokens, known devices and log-in attempts.

Only the roles `system` and `admin` may touch a row (`POLICIES`), so that a query that forgot its place
in the house finds nothing: authentication itself runs as the system.
Secrets are never stored: of a session or token there is only the SHA-256 of its 256 random bits,
which needs no salt because nobody can guess what it is the hash of; of a password the argon2id hash.
"""

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)

from gis.database import metadata

NOW = text("now()")
FALSE = text("false")

accounts = Table(
    "accounts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("username", Text, nullable=False),
    # What is the same however the name is written (`rules.usernames`): by it accounts are found and told apart.
    Column("username_folded", Text, nullable=False, unique=True),
    Column("display_name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("desk", Text(collation="C"), nullable=False),
    Column("area", Text(collation="C"), nullable=False),
    Column("unit_id", Text),
    # No hash: no password opens this account (demonstration people, people who come by single sign-on).
    Column("password_hash", Text),
    Column("language", Text, nullable=False, server_default="zh"),
    Column("demonstration", Boolean, nullable=False, server_default=FALSE),
    Column("robot", Boolean, nullable=False, server_default=FALSE),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=NOW),
    Column("disabled_at", DateTime(timezone=True)),
    Index("accounts_by_role_and_area", "role", "area"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("account_id", Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("demonstration", Boolean, nullable=False, server_default=FALSE),
    Column("address", Text),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("last_seen_at", DateTime(timezone=True), nullable=False),
    # When it ends even if somebody keeps using it.
    Column("expires_at", DateTime(timezone=True), nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    # A token of an account takes everything from it, so that a withdrawn role ends with the account;
    # a token without one (a device, an API client) carries its own role and jurisdiction.
    Column("account_id", Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), index=True),
    Column("role", Text, nullable=False),
    Column("desk", Text(collation="C"), nullable=False),
    Column("area", Text(collation="C"), nullable=False),
    Column("unit_id", Text),
    Column("robot", Boolean, nullable=False, server_default=FALSE),
    Column("demonstration", Boolean, nullable=False, server_default=FALSE),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True)),
    Column("revoked_at", DateTime(timezone=True)),
)

# A browser that logged in here before is throttled on its own, never for what strangers try (known device).
known_devices = Table(
    "known_devices",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("account_id", Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("last_used_at", DateTime(timezone=True), nullable=False),
)

# One row per (user name, origin) with failures, where origin is a client address or a known device.
login_attempts = Table(
    "login_attempts",
    metadata,
    Column("bucket", LargeBinary, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("failed_at", DateTime(timezone=True), nullable=False),
    Column("blocked_until", DateTime(timezone=True), nullable=False),
)

TABLES = (accounts, sessions, tokens, known_devices, login_attempts)

KEEPERS = "current_setting('wall.role', true) in ('system', 'admin')"

# As in `dispatch.tables`: who sees a table's rows, and what the application may do to them.
POLICIES: dict[str, str] = {table.name: KEEPERS for table in TABLES}
GRANTS: dict[str, str] = {
    # An account is closed, never deleted: the log goes on naming it.
    "accounts": "select, insert, update",
    "sessions": "select, insert, update, delete",
    "tokens": "select, insert, update, delete",
    "known_devices": "select, insert, update, delete",
    "login_attempts": "select, insert, update, delete",
}
