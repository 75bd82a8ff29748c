"""Where a database is reached, once for each role."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

APP_ROLE = "wall_app"
OWNER_ROLE = "wall_owner"
SUPERUSER = "postgres"
DATABASE = "wall"


@dataclass(frozen=True, slots=True)
class ClusterUrls:
    """libpq-style URLs of one database: psycopg and asyncpg take them as they are, SQLAlchemy after `+driver`."""

    app: str
    owner: str
    superuser: str | None = None

    def on(self, database: str) -> "ClusterUrls":
        """Return the same server and roles on another database."""
        superuser = None if self.superuser is None else with_database(self.superuser, database)
        return ClusterUrls(with_database(self.app, database), with_database(self.owner, database), superuser)


def with_database(url: str, database: str) -> str:
    """Return `url` pointing at another database of the same server."""
    return urlunsplit(urlsplit(url)._replace(path="/" + quote(database, safe="")))


def socket_urls(socket_directory: Path, port: int) -> ClusterUrls:
    """Return the URLs of the private cluster's database."""
    query = f"host={quote(str(socket_directory))}&port={port}"
    app, owner, superuser = (
        f"postgresql://{role}@/{DATABASE}?{query}" for role in (APP_ROLE, OWNER_ROLE, SUPERUSER)
    )
    return ClusterUrls(app, owner, superuser)
