"""What every route asks of its request: who is calling, and the parts of the application."""

from typing import Annotated

from fastapi import Depends, Request

from dispatch.identities import Identities, Identity
from gis.actor import Actor
from gis.database import Database
from gis.errors import NotAuthenticated
from layers.areas import AreaIndex


def caller(request: Request) -> Actor:
    """Return who is calling. Raises NotAuthenticated on a path that the gate leaves open to everybody."""
    actor: Actor | None = request.scope["state"].get("actor")
    if actor is None:
        raise NotAuthenticated("Nobody is logged in. Log in at /login, or send a token.")
    return actor


def identity(request: Request) -> Identity | None:
    """Return how the caller came in; None for somebody who did not."""
    found: Identity | None = request.scope["state"].get("session")
    return found


def database(request: Request) -> Database:
    """Return the application's database."""
    db: Database = request.app.state.db
    return db


def area_index(request: Request) -> AreaIndex:
    """Return the county's divisions."""
    areas: AreaIndex = request.app.state.areas
    return areas


def identities(request: Request) -> Identities:
    """Return the credentials that this process knows."""
    known: Identities = request.app.state.identities
    return known


Caller = Annotated[Actor, Depends(caller)]
CameIn = Annotated[Identity | None, Depends(identity)]
Db = Annotated[Database, Depends(database)]
Areas = Annotated[AreaIndex, Depends(area_index)]
KnownIdentities = Annotated[Identities, Depends(identities)]
