"""Read a long answer page by page: what is held stays small, and the next page is fetched while one is worked on."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy.ext.asyncio import AsyncConnection

from gis.database import driver

if TYPE_CHECKING:
    import asyncpg

Page = list["asyncpg.Record"]


@asynccontextmanager
async def pages(
    tx: AsyncConnection, statement: str, first: tuple[Any, ...], after: Callable[[Any], tuple[Any, ...]]
) -> AsyncIterator[AsyncIterator[Page]]:
    """Yield the pages of a statement that takes `first`, and then what `after` says of the last row of each page.

    An empty page ends it. Nothing else may be asked of the connection within the block.
    """
    fetch = driver(tx).fetch
    coming = asyncio.create_task(fetch(statement, *first))

    async def turned() -> AsyncIterator[Page]:
        nonlocal coming
        while page := await coming:
            coming = asyncio.create_task(fetch(statement, *after(page[-1])))
            await asyncio.sleep(0)  # so that it is on its way
            yield page

    try:
        yield turned()
    finally:
        # The connection is free again only with the answer.
        await asyncio.gather(coming, return_exceptions=True)
