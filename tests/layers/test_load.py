"""The demonstration county in the database is the one that the generator builds, all of it or nothing."""

import psycopg
import pytest
import shapely

from gis.actor import SYSTEM, Actor, Role
from gis.cluster import ClusterUrls
from gis.database import Database
from gis.errors import Conflict, NotFound
from gis.geometry import from_wkb
from layers.areas import load_area_index
from layers.demo.build import SEED, DemoCounty
from layers.demo.load import FILLED, copy_county, load_demo, refuse_if_loaded
from layers.roads import load_road_graph


def test_what_was_loaded_is_what_the_same_seed_builds(
    county_urls: ClusterUrls, jingchuan: DemoCounty
) -> None:
    with psycopg.connect(county_urls.owner) as tx:
        tx.execute("select set_config('wall.lo', '', true), set_config('wall.hi', '~', true)")
        for table in FILLED:
            frame = getattr(jingchuan, table.name)
            key = next(iter(table.primary_key.columns)).name
            rows = tx.execute(
                f"select {key}, name, ST_AsBinary(geom) from {table.name} order by {key}"
            ).fetchall()
            expected = frame.sort_values(key)
            assert [row[0] for row in rows] == expected[key].tolist()
            assert [row[1] for row in rows] == expected["name"].tolist()
            assert shapely.equals_exact(
                from_wkb(row[2] for row in rows), expected.geometry.to_numpy(), 0
            ).all()


def test_a_second_county_is_refused_and_changes_nothing(county_urls: ClusterUrls) -> None:
    with pytest.raises(Conflict, match="示意数据") as refused:
        load_demo(county_urls.owner)
    assert refused.value.code == "county_loaded"
    with psycopg.connect(county_urls.owner) as tx:
        assert tx.execute(
            "select count(*), bool_and(demonstration), min(seed) from data_sets"
        ).fetchone() == (1, True, SEED)


def test_a_load_that_breaks_leaves_nothing_behind(owner_url: str, small_county: DemoCounty) -> None:
    broken = DemoCounty(
        **{
            **{name: getattr(small_county, name) for name in small_county.__dataclass_fields__},
            "cameras": small_county.cameras.assign(code="no code"),
        }
    )
    with pytest.raises(psycopg.errors.CheckViolation), psycopg.connect(owner_url) as tx:
        copy_county(tx, broken)
    with psycopg.connect(owner_url) as tx:
        refuse_if_loaded(tx)
        assert tx.execute("select count(*) from areas").fetchone() == (0,)


def test_numbers_drawn_after_a_load_are_new(owner_url: str, small_county: DemoCounty) -> None:
    with psycopg.connect(owner_url) as tx:
        data_set = copy_county(tx, small_county)
        area = small_county.facilities["area_code"].iloc[0]
        row = tx.execute(
            "insert into facilities (data_set_id, area_code, name, kind, geom)"
            " values (%s, %s, 'new', 'police', ST_SetSRID(ST_Point(114, 30.5), 4326)) returning id",
            (data_set, area),
        ).fetchone()
        assert row is not None
        assert row[0] > small_county.facilities["id"].max()


def test_a_code_outside_its_parent_is_refused_by_the_database(
    owner_url: str, small_county: DemoCounty
) -> None:
    with psycopg.connect(owner_url) as tx:
        copy_county(tx, small_county)
        with pytest.raises(psycopg.errors.CheckViolation):
            tx.execute("update areas set parent_code = '420999100' where code = '420999101200'")


async def test_the_index_and_the_road_graph_are_read_back(county_db: Database, jingchuan: DemoCounty) -> None:
    async with county_db.read(SYSTEM) as tx:
        index = await load_area_index(tx)
        graph = await load_road_graph(tx, index.zone)
    assert len(index.level("grid")) == 317
    assert index.locate(107.368, 35.336).township == index.get("620821001")
    seconds = graph.travel([area.seat for area in index.level("village")], index.county.seat).seconds
    assert seconds.max() < 2 * 3600
    assert seconds.min() < 600


async def test_an_empty_database_has_no_county(db: Database) -> None:
    async with db.read(SYSTEM) as tx:
        with pytest.raises(NotFound) as refused:
            await load_area_index(tx)
    assert refused.value.code == "no_county"


@pytest.mark.parametrize(
    "role, area",
    [
        (Role.DISPATCHER, "620821"),
        (Role.DUTY_OFFICER, "620821102"),
        (Role.GRID_OFFICER, "620821102200"),
        (Role.DEPARTMENT, "620821"),
    ],
)
async def test_cameras_are_seen_in_ones_own_area_only(county_db: Database, role: Role, area: str) -> None:
    from sqlalchemy import select

    from layers.tables import cameras

    actor = Actor("a", "a", role, area, area)
    async with county_db.read(actor) as tx:
        seen = (await tx.execute(select(cameras.c.area_code))).scalars().all()
    async with county_db.read(SYSTEM) as tx:
        everything = (await tx.execute(select(cameras.c.area_code))).scalars().all()
    assert len(everything) == 5000
    assert sorted(seen) == sorted(code for code in everything if actor.covers(code))
    assert bool(seen) == (role is not Role.DEPARTMENT)
