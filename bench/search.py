"""How long a search for Hanzi takes, and a list with filters, on many texts and under row-level security."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from itertools import product

import psycopg

from bench.figure import Figure, quantiles
from bench.wall import folder
from dispatch.case_lists import CaseFilter, cases_in_sight, search_words
from gis.actor import Actor, Role
from gis.cluster import running_cluster
from gis.database import Database
from wall_ui.migrate import migrate

TEXTS = 300_000
TARGET_MS = 20.0
TURNS = 400
AREAS = [
    f"620821{town}{village}{grid}"
    for town, village, grid in product(range(100, 115), range(201, 215), ("001", "002"))
]
# Words as common as their weight says: the first stands in every third text, the last in one of some thousands.
COMMON = ("纠纷", "邻居", "道路", "邻里纠纷", "噪音", "积水")
RARE = ("麦苗", "蜂箱", "山体滑坡", "走失老人", "井盖", "电动车充电", "羊群", "拖欠工资")
ACTORS = (
    Actor("d", "d", Role.DISPATCHER, "620821", "620821"),
    Actor("t", "t", Role.DUTY_OFFICER, "620821104", "620821104"),
    Actor("v", "v", Role.VILLAGE_OFFICER, "620821104203", "620821104203"),
    Actor("p", "p", Role.DEPARTMENT, "620821/police", "620821"),
)
LISTS = (
    CaseFilter(open_only=True),
    CaseFilter(open_only=True, colour="green"),
    CaseFilter(category="neighbour_dispute"),
    CaseFilter(open_only=True, category="road_damage", priority=2),
    CaseFilter(status="closed", area="620821104203"),
    CaseFilter(holder="620821104203"),
)

FILL = """
    insert into cases (id, number, version, status, category, case_class, priority, source, lon, lat, geom, area_code,
        holder, first_receiver, reporter_id, hops, returns, access, reported_at, changed_at, closed_at)
    select gen_random_uuid(), 'B' || n, 1, case when n > %(texts)s * 0.995 then 'pending' else 'closed' end,
        (array['neighbour_dispute', 'road_damage', 'help'])[1 + n %% 3], 'simple', 1 + n %% 4, 'hotline', 107.3, 35.3,
        'SRID=4326;POINT(107.3 35.3)', code, left(code, 12), left(code, 12), 'bench', 0, 0,
        case when n %% 40 = 0 then array[left(code, 12), '620821/police'] else array[left(code, 12)] end, at, at,
        case when n > %(texts)s * 0.995 then null else at end
    from (select n, (%(areas)s::text[])[1 + n::bigint * 7919 %% %(count)s] as code,
                 now() - (%(texts)s - n) * interval '3 years' / %(texts)s as at
          from generate_series(1, %(texts)s) n) made
"""


def measure() -> Iterator[Figure]:
    """Fill a database with texts of three years, and ask it as four kinds of people."""
    with folder() as path, running_cluster(path / "var", durable=False) as urls:
        migrate(urls.owner)
        with psycopg.connect(urls.owner) as tx:
            tx.execute(FILL, {"texts": TEXTS, "areas": AREAS, "count": len(AREAS)})
            ids = [row[0] for row in tx.execute("select id from cases")]
            with tx.cursor().copy(
                "copy case_texts (case_id, kind, text, at, actor_name, actor_desk, salt) from stdin"
            ) as copy:
                dice = random.Random(620821)
                for case_id in ids:
                    copy.write_row((case_id, "report", sentence(dice), "2026-01-01", "b", "620821", b""))
        with psycopg.connect(urls.owner, autocommit=True) as tx:
            tx.execute("vacuum analyze")
        yield from asyncio.run(timed(urls.app))


def sentence(dice: random.Random) -> str:
    """Return some forty Hanzi, now and then with a word that is looked for."""
    words = ["".join(chr(0x4E00 + int(dice.paretovariate(0.9) * 7) % 6000) for _ in range(36))]
    words += [word for weight, word in enumerate(COMMON, 3) if dice.random() < 1 / weight]
    words += [word for weight, word in enumerate(RARE, 1) if dice.random() < 1 / (400 * weight)]
    dice.shuffle(words)
    return "".join(words)


async def timed(url: str) -> list[Figure]:
    """Time searches and lists, one after the other, each in a transaction of its own as a route has it."""
    db, dice = Database(url), random.Random(1)
    try:
        found = [await search(db, dice) for _ in range(TURNS)][TURNS // 10 :]
        listed = [await listing(db, dice) for _ in range(TURNS)][TURNS // 10 :]
    finally:
        await db.close()
    size = {"texts": TEXTS}
    return [
        figure("search", found, "ms for a search of two Hanzi and more, p99", size),
        figure("filtered_list", listed, "ms for a filtered page of 50 cases, p99", size),
    ]


def figure(name: str, taken: list[float], unit: str, size: dict[str, int]) -> Figure:
    """Return the figure of some measurements."""
    found = quantiles(taken)
    return Figure(name, found["p99"], unit, "lower", TARGET_MS, details={**found, **size})


async def taken_ms(work: Callable[[], Awaitable[object]]) -> float:
    """Return how long something takes."""
    began = time.perf_counter()
    await work()
    return (time.perf_counter() - began) * 1000


async def search(db: Database, dice: random.Random) -> float:
    """Search for something as somebody."""
    words = dice.sample(COMMON, 1) if dice.random() < 0.5 else dice.sample(RARE, 1)
    if dice.random() < 0.2:
        words = [dice.choice(COMMON), dice.choice(RARE)]

    async def ask() -> None:
        async with db.read(dice.choice(ACTORS)) as tx:
            await search_words(tx, words, limit=50)

    return await taken_ms(ask)


async def listing(db: Database, dice: random.Random) -> float:
    """List something as somebody."""

    return await taken_ms(lambda: cases_in_sight(db, dice.choice(ACTORS), dice.choice(LISTS), limit=51))
