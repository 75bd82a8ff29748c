"""Writing a plan in the transaction that is open, and keeping what was there before, so that it can be undone."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from geoalchemy2 import Geometry
from psycopg import sql
from sqlalchemy import Table

from gis.clock import now
from layers.importers.county import LEVEL_OF_LENGTH, Connection, County, Row, parent_of
from layers.importers.plan import LayerPlan, Plan
from layers.importers.targets import LEVELS, TARGETS
from layers.tables import areas, cameras, data_sets, facilities, pois, retired_areas, roads, waters


@dataclass(frozen=True, slots=True)
class Kept:
    """A table that imports write. What is in `live` goes on by itself, and is not brought back by an undoing."""

    table: Table
    live: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What the database calls it."""
        return self.table.name

    @property
    def key(self) -> str:
        """The column by which rows are told apart."""
        return str(next(iter(self.table.primary_key.columns)).name)


# In the order in which rows may be put in; areas are taken away last, because others lie in them.
ORDER = tuple(map(Kept, (data_sets, areas, retired_areas, roads, waters, cameras, facilities, pois)))
KEYS = {one.name: one.key for one in ORDER}
SYSTEM_SETTINGS = (
    "SELECT set_config('wall.role', 'system', true), set_config('wall.lo', '', true),"
    " set_config('wall.hi', '~', true)"
)
IMPORT_LOCK = 620_821_004


def begin(connection: Connection) -> None:
    """Act as the system, and keep other imports out until the transaction ends; who reads is not kept waiting."""
    connection.execute(SYSTEM_SETTINGS)
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (IMPORT_LOCK,))


def write_plan(connection: Connection, plan: Plan, *, source: str, fresh: bool) -> int:
    """Write all layers of a plan; returns how many rows were put in or taken away."""
    data_set = _write_data_set(connection, plan.county, source, fresh)
    written = 0
    levels = [plan.layers[level] for level in LEVELS if level in plan.layers]
    for layer in levels:
        written += _upsert(connection, areas, [_area_row(row, data_set) for row in _to_write(layer)])
    for layer in (layer for name, layer in plan.layers.items() if name not in LEVELS):
        written += _delete(connection, layer.target.table, _gone(layer))
        written += _write_layer(connection, layer, data_set)
    for layer in reversed(levels):
        written += _delete(connection, areas, [key for key in layer.before if key not in layer.after])
    # Retired areas live again when an import brings them back; another county has none.
    there = list(retired_codes(connection)) if fresh else list(plan.county.areas)
    written += _delete(connection, retired_areas, there)
    return written + _upsert(connection, retired_areas, [_retired_row(row) for row in plan.retired])


def retired_codes(connection: Connection) -> set[str]:
    """The areas that are no more."""
    return {row[0] for row in connection.execute("SELECT code FROM retired_areas").fetchall()}


def _write_data_set(connection: Connection, county: County, source: str, fresh: bool) -> int:
    if county.data_set is not None and not fresh:
        return county.data_set
    values = (county.code, county.name, now(), source)
    if county.data_set is not None:
        connection.execute(
            "UPDATE data_sets SET county_code = %s, name = %s, demonstration = false, seed = NULL,"
            " built_at = %s, source = %s WHERE id = %s",
            (*values, county.data_set),
        )
        return county.data_set
    row = connection.execute(
        "INSERT INTO data_sets (county_code, name, demonstration, built_at, source)"
        " VALUES (%s, %s, false, %s, %s) RETURNING id",
        values,
    ).fetchone()
    assert row is not None
    return int(row[0])


def _to_write(layer: LayerPlan) -> list[Row]:
    touched = {*layer.changes.new, *layer.changes.changed}
    return [row for key, row in layer.after.items() if key in touched]


def _gone(layer: LayerPlan) -> list[Any]:
    if "id" not in layer.target.table.c:
        return [key for key in layer.before if key not in layer.after]
    kept = {row.id for row in layer.after.values()}
    return [row.id for row in layer.before.values() if row.id not in kept]


def _area_row(row: Row, data_set: int) -> dict[str, Any]:
    return {
        "code": row.key,
        "data_set_id": data_set,
        "level": LEVEL_OF_LENGTH[len(row.key)],
        "name": row.values["name"],
        "full_name": row.values["full_name"],
        "parent_code": parent_of(row.key),
        "seat": row.values["seat"],
        "geom": row.geometry,
    }


def _retired_row(row: Row) -> dict[str, Any]:
    return {
        "code": row.key,
        "level": LEVEL_OF_LENGTH[len(row.key)],
        "name": row.values["name"],
        "full_name": row.values["full_name"],
        "seat": row.values["seat"],
        "geom": row.geometry,
        "retired_at": now(),
    }


def _write_layer(connection: Connection, layer: LayerPlan, data_set: int) -> int:
    table = layer.target.table
    own_id = "id" in table.c
    touched = {*layer.changes.new, *layer.changes.changed}
    # A road keeps its row when only its junctions were counted anew.
    listed = [
        (key, row)
        for key, row in layer.after.items()
        if layer.nodes or key in touched or (own_id and not row.id)
    ]
    ids = _new_ids(connection, table, sum(row.id is None for _, row in listed)) if own_id else iter(())
    rows = []
    for key, row in listed:
        record = {**row.values, "data_set_id": data_set, "geom": row.geometry}
        if own_id:
            record["id"] = row.id if row.id is not None else next(ids)
        if layer.nodes:
            record["from_node"], record["to_node"], record["length_m"] = layer.nodes[key]
        rows.append(record)
    return _upsert(connection, table, rows)


def _new_ids(connection: Connection, table: Table, count: int) -> Iterator[int]:
    rows = connection.execute(
        "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", (table.name, count)
    ).fetchall()
    return iter([int(row[0]) for row in rows])


def _upsert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> int:
    """Put rows in by way of a staging table: one COPY and one statement, however many there are."""
    if not rows:
        return 0
    names, key = list(rows[0]), KEYS[table.name]
    stage, target = sql.Identifier(f"incoming_{table.name}"), sql.Identifier(table.name)
    columns = sql.SQL(", ").join(map(sql.Identifier, names))
    connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(stage))
    connection.execute(
        sql.SQL("CREATE TEMP TABLE {} ON COMMIT DROP AS SELECT {} FROM {} LIMIT 0").format(
            stage, columns, target
        )
    )
    with connection.cursor().copy(sql.SQL("COPY {} ({}) FROM STDIN").format(stage, columns)) as copy:
        for row in rows:
            copy.write_row([_written(value) for value in row.values()])
    others = [name for name in names if name != key]
    renewed = sql.SQL(", ").join(
        sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in others
    )
    connection.execute(
        sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} ON CONFLICT ({}) DO UPDATE SET {}").format(
            target, columns, columns, stage, sql.Identifier(key), renewed
        )
    )
    return len(rows)


def _written(value: Any) -> Any:
    if isinstance(value, shapely.Geometry):
        return shapely.to_wkb(shapely.set_srid(value, 4326), hex=True, include_srid=True)
    return value


def _delete(connection: Connection, table: Table, keys: Sequence[Any]) -> int:
    if keys:
        statement = sql.SQL("DELETE FROM {} WHERE {} = ANY(%s)")
        connection.execute(
            statement.format(sql.Identifier(table.name), sql.Identifier(KEYS[table.name])), (list(keys),)
        )
    return len(keys)


# What was there before


def remember(connection: Connection, tables: Sequence[Kept] = ORDER) -> None:
    """Copy the tables as they are, within the transaction, to compare them with afterwards."""
    for table in tables:
        connection.execute(
            sql.SQL("CREATE TEMP TABLE {} ON COMMIT DROP AS TABLE {}").format(
                sql.Identifier(f"before_{table.name}"), sql.Identifier(table.name)
            )
        )


def keep_images(connection: Connection, import_id: int, tables: Sequence[Kept] = ORDER) -> int:
    """Keep every row that is not as it was, by its key; returns how many there are."""
    kept = 0
    for table in tables:
        kept += connection.execute(
            sql.SQL(
                "INSERT INTO import_images (import_id, table_name, key, before)"
                " SELECT %s, %s, coalesce(b.{key}, a.{key})::text, CASE WHEN b.{key} IS NULL THEN NULL ELSE {image} END"
                " FROM {before} b FULL JOIN {table} a ON a.{key} = b.{key} WHERE b IS DISTINCT FROM a"
            ).format(
                key=sql.Identifier(table.key),
                image=_image(table),
                before=sql.Identifier(f"before_{table.name}"),
                table=sql.Identifier(table.name),
            ),
            (import_id, table.name),
        ).rowcount
    return kept


def _image(kept: Kept) -> sql.Composable:
    """A row as JSON, its geometries as the exact bytes and not as PostGIS's rounded GeoJSON."""
    columns = [column for column in kept.table.c if column.name not in kept.live]
    shapes = [column.name for column in columns if isinstance(column.type, Geometry)]
    plain = [column.name for column in columns if column.name not in shapes]
    pairs = [sql.SQL("{}, b.{}").format(sql.Literal(name), sql.Identifier(name)) for name in plain]
    pairs += [
        sql.SQL("{}, encode(ST_AsEWKB(b.{}), 'hex')").format(sql.Literal(name), sql.Identifier(name))
        for name in shapes
    ]
    return sql.SQL("jsonb_build_object({})").format(sql.SQL(", ").join(pairs))


def put_back(
    connection: Connection, import_id: int, tables: Sequence[Kept] = ORDER, spared: Sequence[str] = ()
) -> None:
    """Bring back every row that an import touched; those whose keys are `spared` stay although it brought them."""
    for kept in tables:
        if kept.table is not areas:
            _take_away(connection, import_id, kept, spared)
        _bring_back(connection, import_id, kept)
    for kept in tables:
        if kept.table is areas:
            _take_away(connection, import_id, kept, spared)


def _bring_back(connection: Connection, import_id: int, kept: Kept) -> None:
    """Rows that are there get back what an import changed; those that it took away are there again.

    Never both in one `ON CONFLICT`: a row without its live columns could not even be offered for insertion.
    """
    names = [column.name for column in kept.table.c if column.name not in kept.live]
    parts = {
        "table": sql.Identifier(kept.name),
        "key": sql.Identifier(kept.key),
        "columns": sql.SQL(", ").join(map(sql.Identifier, names)),
        "values": sql.SQL(", ").join(sql.SQL("r.{}").format(sql.Identifier(one)) for one in names),
        "renewed": sql.SQL(", ").join(
            sql.SQL("{0} = r.{0}").format(sql.Identifier(one)) for one in names if one != kept.key
        ),
    }
    there = "SELECT FROM {table} t WHERE t.{key} = r.{key}"
    images = (
        "import_images i CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, i.before) r"
        " WHERE i.import_id = %s AND i.table_name = %s AND i.before IS NOT NULL"
    )
    for statement in (
        f"UPDATE {{table}} t SET {{renewed}} FROM {images} AND t.{{key}} = r.{{key}}",
        f"INSERT INTO {{table}} ({{columns}}) SELECT {{values}} FROM {images} AND NOT EXISTS ({there})",
    ):
        connection.execute(sql.SQL(statement).format(**parts), (import_id, kept.name))


def _take_away(connection: Connection, import_id: int, kept: Kept, spared: Sequence[str]) -> None:
    connection.execute(
        sql.SQL(
            "DELETE FROM {table} WHERE {key}::text IN (SELECT key FROM import_images"
            " WHERE import_id = %s AND table_name = %s AND before IS NULL) AND {key}::text <> ALL(%s)"
        ).format(table=sql.Identifier(kept.name), key=sql.Identifier(kept.key)),
        (import_id, kept.name, list(spared)),
    )


def raise_revisions(connection: Connection, layers: Iterable[str]) -> None:
    """Tell every process that keeps these layers in memory that they changed.

    Tiles, searches and names ask when the data set was built last; who builds on one layer asks for its revision.
    """
    layers = list(layers)
    if any(layer in TARGETS for layer in layers):
        connection.execute("UPDATE data_sets SET built_at = %s", (now(),))
    for layer in layers:
        connection.execute(
            "INSERT INTO layer_revisions (layer, revision, changed_at) VALUES (%s, 1, %s)"
            " ON CONFLICT (layer) DO UPDATE SET revision = layer_revisions.revision + 1,"
            " changed_at = excluded.changed_at",
            (layer, now()),
        )


def refresh_statistics(connection: Connection, layers: Iterable[str]) -> None:
    """Let the planner know what came in."""
    for name in sorted({TARGETS[layer].table.name for layer in layers}):
        connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(name)))
