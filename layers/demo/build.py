"""The whole demonstration county from its source and a seed: the same every time."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from gis.geometry import Geometries, as_geometries
from layers.areas import Area, AreaIndex
from layers.demo.borders import tile, union_by
from layers.demo.cameras import CAMERAS, cameras, placed_inside
from layers.demo.divisions import Division, Divisions, divide, grids_of
from layers.demo.mesh import Mesh, build_mesh
from layers.demo.network import SPEED_KMH, Network, build_network
from layers.demo.places import Place, facilities, points_of_interest
from layers.demo.relief import Relief, build_relief
from layers.demo.source import CountySource
from layers.demo.terrain import Terrain, build_terrain

SEED = 620821
WGS84 = "EPSG:4326"
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class DemoCounty:
    """All layers of the county as frames in EPSG:4326; columns are those of the tables."""

    code: str
    name: str
    seed: int
    credits: str
    areas: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    waters: gpd.GeoDataFrame
    cameras: gpd.GeoDataFrame
    facilities: gpd.GeoDataFrame
    pois: gpd.GeoDataFrame
    relief: Relief


def _quiet(step: str, share: float) -> None:
    """Report to nobody."""


def build_county(
    source: CountySource,
    seed: int = SEED,
    *,
    grids: int | None = None,
    cameras_wanted: int = CAMERAS,
    progress: Progress | None = None,
) -> DemoCounty:
    """Build every layer. `progress` is told each step's name and the share of the work that is done."""
    tell = progress or _quiet
    tell("mesh", 0.0)
    mesh = build_mesh(source, seed)
    terrain = build_terrain(source, mesh, seed)
    tell("divisions", 0.2)
    divisions = divide(source, mesh, terrain, seed, grids_of(source) if grids is None else grids)
    tell("borders", 0.4)
    records, shapes = _areas(
        source, divisions, tile(source.outline, mesh, divisions.grid_of_cell), mesh.sites
    )
    index = AreaIndex(records, list(shapes))
    tell("roads", 0.5)
    network = build_network(source, mesh, terrain, divisions, seed)
    tell("places", 0.9)
    sites = facilities(source, mesh, divisions, seed)
    interests = points_of_interest(mesh, divisions, seed)
    tell("cameras", 0.93)
    eyes = cameras(source, index, mesh, divisions, network, sites + interests, seed, cameras_wanted)
    tell("done", 1.0)
    return DemoCounty(
        source.code,
        source.name,
        seed,
        source.credits,
        _area_frame(records, shapes),
        _road_frame(source, network),
        _water_frame(source, terrain),
        _frame([_without(camera, "at") for camera in eyes], shapely.points([camera.at for camera in eyes])),
        _place_frame(source, index, mesh, sites, telephone=True),
        _place_frame(source, index, mesh, interests, telephone=False),
        build_relief(source, seed),
    )


def _frame(rows: list[dict[str, Any]], geometry: Geometries) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(rows, geometry=geometry, crs=WGS84)


def _without(record: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__slots__ if name not in names}


def _parents(children: tuple[Division, ...], parents: tuple[Division, ...]) -> NDArray[np.int64]:
    number = {parent.code: position for position, parent in enumerate(parents)}
    return np.array([number[child.parent_code or ""] for child in children], dtype=np.int64)


def _areas(
    source: CountySource, divisions: Divisions, grids: Geometries, sites: NDArray[np.float64]
) -> tuple[list[Area], Geometries]:
    """Unite grids upwards, bring all to WGS 84, and give each area a seat that lies in it."""
    levels = (divisions.townships, divisions.villages, divisions.grids)
    villages = union_by(grids, _parents(divisions.grids, divisions.villages), len(divisions.villages))
    towns = union_by(villages, _parents(divisions.villages, divisions.townships), len(divisions.townships))
    county = as_geometries([shapely.coverage_union_all(towns)])
    metric = np.concatenate((county, towns, villages, grids))
    records = [divisions.county, *(division for level in levels for division in level)]
    seats = np.asarray(shapely.points(sites[[record.site for record in records]]), dtype=object)
    astray = ~shapely.contains_properly(metric, seats)
    seats[astray] = shapely.point_on_surface(metric[astray])
    places = source.zone.to_degrees(shapely.get_coordinates(seats))
    shapes = shapely.transform(metric, source.zone.to_degrees)
    return [
        Area(one.code, one.level, one.name, one.full_name, one.parent_code, (float(x), float(y)))
        for one, (x, y) in zip(records, places, strict=True)
    ], np.asarray(shapes, dtype=object)


def _area_frame(records: list[Area], shapes: Geometries) -> gpd.GeoDataFrame:
    many = [shape if shape.geom_type == "MultiPolygon" else shapely.MultiPolygon([shape]) for shape in shapes]
    frame = _frame([_without(record, "seat") for record in records], as_geometries(many))
    frame["seat"] = gpd.GeoSeries(shapely.points([record.seat for record in records]), crs=WGS84)
    return frame.sort_values("code", ignore_index=True)


def _road_frame(source: CountySource, network: Network) -> gpd.GeoDataFrame:
    ends = np.array([(road.sites[0], road.sites[-1]) for road in network.roads])
    _, nodes = np.unique(ends.ravel(), return_inverse=True)
    nodes = nodes.reshape(-1, 2) + 1
    rows = [
        {
            "id": number,
            "name": road.name,
            "road_class": road.road_class,
            "speed_kmh": SPEED_KMH[road.road_class],
            "from_node": int(nodes[number - 1, 0]),
            "to_node": int(nodes[number - 1, 1]),
            "length_m": round(float(line.length), 2),
        }
        for number, (road, line) in enumerate(zip(network.roads, network.lines, strict=True), start=1)
    ]
    return _frame(rows, shapely.transform(network.lines, source.zone.to_degrees))


def _water_frame(source: CountySource, terrain: Terrain) -> gpd.GeoDataFrame:
    rows: list[dict[str, Any]] = []
    lines: list[Any] = []
    for river, course in terrain.rivers:
        for part in shapely.get_parts(shapely.intersection(course, source.outline)):
            rows.append({"id": len(rows) + 1, "name": river.name, "kind": "river", "width_m": river.width_m})
            lines.append(part)
    return _frame(rows, shapely.transform(as_geometries(lines), source.zone.to_degrees))


def _place_frame(
    source: CountySource, index: AreaIndex, mesh: Mesh, places: list[Place], *, telephone: bool
) -> gpd.GeoDataFrame:
    at = placed_inside(source, index, mesh, np.array([place.at for place in places]))
    codes = index.codes_of(at)
    rows = []
    for number, (place, code) in enumerate(zip(places, codes, strict=True), start=1):
        row = {"id": number, "area_code": str(code), "name": place.name, "kind": place.kind}
        rows.append({**row, "telephone": place.telephone} if telephone else row)
    return _frame(rows, np.asarray(shapely.points(at), dtype=object))
