"""What every route asks of its request: who is calling, and the parts of the application.

All of it `async`, though nothing waits: FastAPI sends what is not through a pool of threads, at a price that every
request would pay several times.
"""

from typing import Annotated

from fastapi import Depends, Request

from dispatch.identities import Identities, Identity
from dispatch.rulebook import Rulebook
from gis.actor import Actor
from gis.database import Database
from gis.errors import NotAuthenticated
from layers.areas import AreaIndex


async def caller(request: Request) -> Actor:
    """Return who is calling. Raises NotAuthenticated on a path that the gate leaves open to everybody."""
    actor: Actor | None = request.scope["state"].get("actor")
    if actor is None:
        raise NotAuthenticated("Nobody is logged in. Log in at /login, or send a token.")
    return actor


async def identity(request: Request) -> Identity | None:
    """Return how the caller came in; None for somebody who did not."""
    found: Identity | None = request.scope["state"].get("session")
    return found


async def database(request: Request) -> Database:
    """Return the application's database."""
    db: Database = request.app.state.db
    return db


async def area_index(request: Request) -> AreaIndex:
    """Return the county's divisions."""
    areas: AreaIndex = request.app.state.areas
    return areas


async def identities(request: Request) -> Identities:
    """Return the credentials that this process knows."""
    known: Identities = request.app.state.identities
    return known


async def book_of(request: Request) -> Rulebook:
    """Return the house's book."""
    book: Rulebook = request.app.state.book
    return book


Caller = Annotated[Actor, Depends(caller)]
CameIn = Annotated[Identity | None, Depends(identity)]
Db = Annotated[Database, Depends(database)]
Areas = Annotated[AreaIndex, Depends(area_index)]
KnownIdentities = Annotated[Identities, Depends(identities)]
Book = Annotated[Rulebook, Depends(book_of)]
