"""The whole of one import, thought through before anything is written: the county and its layers as they will be."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import shapely

from gis.crs import MetricZone, Places
from gis.geometry import Geometries, as_geometries
from layers.areas import AreaIndex
from layers.importers.compare import Changes, compare, same_place
from layers.importers.county import (
    LEVEL_OF_LENGTH,
    Connection,
    County,
    Row,
    natural_key,
    parent_of,
    read_rows,
)
from layers.importers.faults import Faults, Reporter
from layers.importers.house import House, Uses
from layers.importers.nesting import Nesting, fitted, orphans
from layers.importers.noding import noded
from layers.importers.prepare import Options, Prepared
from layers.importers.said import Said, name_of
from layers.importers.targets import LEVELS, OTHERS, TARGETS, Target
from layers.importers.vocabulary import SPEED_KMH
from layers.importers.witnesses import of_areas, of_things, wrong_datum

AREA_FIELDS = ("name", "full_name")


@dataclass(slots=True)
class LayerPlan:
    """One layer before and after; `after` holds every row that it will have."""

    target: Target
    before: dict[str, Row]
    after: dict[str, Row]
    changes: Changes
    notes: list[str] = field(default_factory=list)
    nodes: dict[str, tuple[int, int, float]] = field(default_factory=dict)


@dataclass(slots=True)
class Plan:
    """All layers that change, areas first, and the county as it will be."""

    county: County
    layers: dict[str, LayerPlan]
    faults: Faults
    retired: list[Row] = field(default_factory=list)


class Planner:
    """Takes prepared layers in the order of the table of targets, then checks them together."""

    def __init__(
        self,
        connection: Connection,
        county: County,
        options: Options,
        faults: Faults,
        house: House,
        *,
        fresh: bool,
    ) -> None:
        """`fresh` begins a new county: nothing of the old one counts."""
        self.connection, self.options, self.faults, self.fresh = connection, options, faults, fresh
        self.house = house
        self.retired: list[Row] = []
        self.old = county
        self.county = County(county.data_set) if fresh else county.copy()
        self.layers: dict[str, LayerPlan] = {}

    def plan(self, prepared: Sequence[Prepared]) -> Plan:
        """Think the import through; what is wrong is in `faults` afterwards."""
        by_name = {one.target.name: one for one in prepared}
        areas = [by_name[level] for level in LEVELS if level in by_name]
        for one in areas:
            self._take_areas(one)
        if self.fresh:
            self._leave_out_levels(by_name)
        # Where rows of an area layer are missing because they are faulty, gaps would be found that are none.
        if areas and self.county.areas and not self._areas_broken() and not self._county_fault():
            self._check_areas([one.target.name for one in areas])
        if self.county.areas and not self._areas_broken():
            self._take_others(by_name)
        elif not self.county.areas and not self._areas_broken():
            first = prepared[0].target.name
            Reporter(self.faults, first).error(Said("no_county"))
        return Plan(self.county, self.layers, self.faults, self.retired)

    def _areas_broken(self) -> bool:
        return any(self.faults.layers[level] for level in LEVELS)

    # areas

    def _take_areas(self, one: Prepared) -> None:
        level, say = one.target.name, Reporter(self.faults, one.target.name)
        before = self.old.level(level)
        known = {} if self.fresh else before
        witnesses = of_areas(one.rows, known, self._holder)
        if wrong_datum(one, witnesses, say, trusted=self.options.trust_crs):
            return
        if level == "county":
            self._take_county(one, say)
        mine = {row.key: self._area(row, known.get(row.key), one) for row in one.rows}
        if self.options.replace or self.fresh:
            for code in self.county.level(level):
                if code not in mine:
                    del self.county.areas[code]
        self.county.areas |= mine
        self.county.areas = dict(sorted(self.county.areas.items()))
        self.layers[level] = LayerPlan(one.target, before, {}, Changes())

    def _holder(self, code: str) -> Any | None:
        """What an area should lie in: its parent, or where it lay before."""
        above = parent_of(code)
        row = self.county.areas.get(above) if above else self.county.areas.get(code)
        return None if row is None else row.geometry

    def _take_county(self, one: Prepared, say: Reporter) -> None:
        if len(one.rows) != 1:
            say.error(Said("one_county", count=len(one.rows)))
            return
        row = one.rows[0]
        if self.county.code is None:
            self.county.code, self.county.name = row.key, row.values["name"]
        elif row.key != self.county.code:
            said = Said("other_county", code=row.key, held=self.county.code)
            say.error(said, row=row.number, key=row.key)

    def _area(self, row: Row, old: Row | None, one: Prepared) -> Row:
        """What the file does not say stays; a seat stays while it lies inside."""
        values = dict(row.values)
        if "full_name" not in one.given or values.get("full_name") is None:
            same = old is not None and old.values["name"] == values["name"]
            values["full_name"] = old.values["full_name"] if same and old else values["name"]
        seat = None if old is None else old.values["seat"]
        if seat is None or not shapely.contains(row.geometry, seat):
            seat = shapely.point_on_surface(row.geometry)
        values["seat"] = seat
        shape = old.geometry if old is not None and same_place(row.geometry, old.geometry) else row.geometry
        return replace(row, values=values, geometry=shape)

    def _leave_out_levels(self, by_name: dict[str, Prepared]) -> None:
        """A new county has only what it brings."""
        for level in LEVELS:
            if level not in by_name and (before := self.old.level(level)):
                self.layers[level] = LayerPlan(TARGETS[level], before, {}, Changes())

    def _county_fault(self) -> bool:
        if self.county.code is None or self.county.code not in self.county.areas:
            first = next(iter(self.layers), "county")
            Reporter(self.faults, first).error(Said("no_county"))
            return True
        strangers = [code for code in self.county.areas if not code.startswith(self.county.code)]
        for code in strangers:
            row = self.county.areas[code]
            said = Said("other_county.stranger", held=self.county.code)
            level = next(name for name in LEVELS if code in self.county.level(name))
            Reporter(self.faults, level).error(said, row=row.number, key=code, where=row.geometry)
        return bool(strangers)

    def _check_areas(self, levels: list[str]) -> None:
        changed, gone = set(), set()
        for level in LEVELS:
            plan = self.layers.get(level)
            if plan is None:
                continue
            now = self.county.level(level)
            seen = compare(now, plan.before, AREA_FIELDS)
            plan.after, plan.changes = now, seen
            changed |= {*seen.new, *seen.changed, *seen.gone}
            gone |= set(seen.gone)
        orphans(self.county, gone, self.faults)
        if not self.fresh:
            self._retire(gone)
        if not self._areas_broken():
            Nesting(self.county, self.options.tolerance_m, self.faults).check(changed)
        if self._areas_broken():
            return
        for level in levels:
            fitted(self.county, level, self.options.tolerance_m, Reporter(self.faults, level))
        for level, plan in self.layers.items():
            plan.after = self.county.level(level)
            plan.changes = compare(plan.after, plan.before, AREA_FIELDS)

    def _retire(self, gone: set[str]) -> None:
        """Keep what goes and is in use among the retired, where the operator says so; else name each with its uses."""
        for code, uses in sorted(self.house.uses(self.connection, gone).items()):
            row, level = self.old.areas[code], LEVEL_OF_LENGTH[len(code)]
            say, kinds = Reporter(self.faults, level), {name: getattr(uses, name) for name in Uses.__slots__}
            used = [Said(f"use.{name}", count=count) for name, count in kinds.items() if count]
            places = {"level": name_of("layer", level), "name": row.values["name"], "uses": used}
            if not self.options.retire:
                say.error(Said("areas_in_use", **places), key=code, where=row.geometry)
                continue
            say.note(Said("area_retired", **places), key=code, where=row.geometry)
            self.retired.append(row)

    # everything else

    def _take_others(self, by_name: dict[str, Prepared]) -> None:
        index = self.county.index()
        moved = any(not plan.changes.nothing for plan in self.layers.values())
        for target in OTHERS:
            one = by_name.get(target.name)
            if one is None and not self.fresh and not (moved and target.located):
                continue
            before = {row.key: row for row in read_rows(self.connection, target)}
            if one is None:
                after = (
                    {}
                    if self.fresh
                    else {key: replace(row, values=dict(row.values)) for key, row in before.items()}
                )
                self._finish(target, before, after, index, {})
            else:
                self._take_other(one, before, index)

    def _take_other(self, one: Prepared, before: dict[str, Row], index: AreaIndex) -> None:
        target, say = one.target, Reporter(self.faults, one.target.name)
        known = before if one.coded else _by_nature(before)
        lookup = {} if self.fresh else known
        rows = {row.key: self._row(row, lookup.get(row.key), one) for row in one.rows}
        witnesses = of_things(one, self.county, lookup, self._alike(one, lookup), self._roads, self._things)
        if wrong_datum(one, witnesses, say, trusted=self.options.trust_crs):
            return
        keep = {} if self.options.replace or self.fresh else self._not_in_file(known, rows)
        nodes: dict[str, tuple[int, int, float]] = {}
        after = keep | rows
        if target.name == "road":
            after, nodes = self._network(after, lookup, say)
        self._finish(target, known, after, index, nodes)

    def _not_in_file(self, known: dict[str, Row], rows: dict[str, Row]) -> dict[str, Row]:
        """What an update leaves as it is; pieces of a road that the file has whole are not among it."""
        return {
            key: row
            for key, row in known.items()
            if key not in rows and not ("/" in key and key.rpartition("/")[0] in rows)
        }

    def _row(self, row: Row, old: Row | None, one: Prepared) -> Row:
        """What the file does not say stays as it is. A number of the wall's own that no row has is no code."""
        values = dict(row.values)
        if old is not None:
            for name in old.values:
                if name not in one.given:
                    values[name] = old.values[name]
            values["code"] = old.values.get("code")
            row = replace(row, id=old.id)
        elif row.id is not None:
            values["code"] = None
            row = replace(row, id=None)
        if one.target.name == "road" and values.get("speed_kmh") is None:
            values["speed_kmh"] = SPEED_KMH[values["road_class"]]
        same = old is not None and same_place(row.geometry, old.geometry)
        return replace(row, values=values, geometry=old.geometry if same and old else row.geometry)

    def _network(
        self, rows: dict[str, Row], known: dict[str, Row], say: Reporter
    ) -> tuple[dict[str, Row], dict[str, tuple[int, int, float]]]:
        """Split roads where they meet; the pieces of one road are numbered along it."""
        zone: MetricZone = self.county.zone
        listed = list(rows.values())
        if not listed:
            return {}, {}
        lines = np.asarray(
            shapely.transform(as_geometries([row.geometry for row in listed]), zone.to_metres), dtype=object
        )
        network = noded(lines, self.options.snap_m, self.options.crossings)
        after: dict[str, Row] = {}
        nodes: dict[str, tuple[int, int, float]] = {}
        number: dict[int, int] = {}
        for piece in network.pieces:
            number[piece.owner] = number.get(piece.owner, 0) + 1
            row = listed[piece.owner]
            if not piece.whole:
                shape = shapely.transform(piece.line, zone.to_degrees)
                coded = row.values.get("code") or (row.key if row.id is not None else None)
                code = f"{coded}/{number[piece.owner]}" if coded else None
                key = code or natural_key(row.values, shape)
                old = known.get(key)
                same = old is not None and same_place(shape, old.geometry)
                values = {**row.values, "code": code}
                row = Row(
                    key, values, old.geometry if same and old else shape, old.id if old else None, row.number
                )
            after[row.key] = row
            nodes[row.key] = (piece.from_node, piece.to_node, max(0.01, round(float(piece.line.length), 2)))
        split = len(network.pieces) - len(listed)
        if split:
            say.note(Said("roads_split", count=split, snap=self.options.snap_m))
        if network.parts > 1:
            say.note(Said("network_in_parts", parts=network.parts, largest=network.largest))
        return after, nodes

    def _finish(
        self,
        target: Target,
        before: dict[str, Row],
        after: dict[str, Row],
        index: AreaIndex,
        nodes: dict[str, tuple[int, int, float]],
    ) -> None:
        fields = tuple(name for name in _compared(target))
        if target.located:
            self._locate(target, after, index)
        self._clip(target, after)
        changes = compare(after, before, fields)
        if changes.nothing and not nodes and not changes.unchanged:
            return
        self.layers[target.name] = LayerPlan(target, before, after, changes, nodes=nodes)

    def _locate(self, target: Target, rows: dict[str, Row], index: AreaIndex) -> None:
        say = Reporter(self.faults, target.name)
        if not rows:
            return
        listed = list(rows.values())
        places = shapely.get_coordinates([row.geometry for row in listed])
        codes = index.codes_of(places)
        far = self._far(places[codes == ""])
        for row, code in zip(listed, codes, strict=True):
            if code:
                row.values["area_code"] = str(code)
                continue
            said = Said(
                "outside_county" if row.number is not None else "outside_county.there",
                name=row.values["name"],
                county=index.county.name,
                far=next(far),
            )
            say.error(said, row=row.number, key=row.key, where=row.geometry)

    def _far(self, places: Places) -> Iterator[float]:
        """How far places are from the county, in metres."""
        zone = self.county.zone
        outline = shapely.transform(self.county.outline, zone.to_metres)
        shapely.prepare(outline)
        points = shapely.points(zone.to_metres(places)) if len(places) else np.empty(0, dtype=object)
        return iter(np.atleast_1d(shapely.distance(outline, points)).tolist())

    def _clip(self, target: Target, rows: dict[str, Row]) -> None:
        """Lines may reach over the border, but not lie beyond it."""
        if target.geometry != "LineString" or not rows:
            return
        say, outline = Reporter(self.faults, target.name), self.county.outline
        shapely.prepare(outline)
        for row in rows.values():
            if row.number is not None and not shapely.intersects(outline, row.geometry):
                said = Said("outside_county.line", name=row.values["name"], county=self.county.name)
                say.error(said, row=row.number, key=row.key, where=row.geometry)

    # datum

    def _alike(self, one: Prepared, known: dict[str, Row]) -> list[Iterable[Row]]:
        """Rows that may be the same things under other codes: of the layer itself, and of points of interest."""
        if self.fresh:
            return []
        also = {"facility": "poi", "poi": "facility"}.get(one.target.name)
        return [*([read_rows(self.connection, TARGETS[also])] if also else []), known.values()]

    def _roads(self) -> Geometries:
        """The roads as they will be."""
        if "road" in self.layers:
            return as_geometries([row.geometry for row in self.layers["road"].after.values()])
        return self._there("road")

    def _things(self) -> Geometries:
        """What stands beside roads already."""
        return np.concatenate([self._there("camera"), self._there("facility")])

    def _there(self, layer: str) -> Geometries:
        rows = [] if self.fresh else read_rows(self.connection, TARGETS[layer])
        return as_geometries([row.geometry for row in rows])


def _by_nature(rows: dict[str, Row]) -> dict[str, Row]:
    """Rows under the keys of a file without codes; of twins each keeps a key of its own."""
    found: dict[str, Row] = {}
    for row in rows.values():
        key = natural_key(row.values, row.geometry)
        while key in found:
            key += "~"
        found[key] = row
    return found


def _compared(target: Target) -> list[str]:
    names = [one.name for one in target.fields if one.name != "code"]
    return [*names, "area_code"] if target.located else names
