"""The demonstration county keeps what it promises: exact divisions, real names, ways around."""

import csv
from itertools import pairwise

import numpy as np
import pytest
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from gis.crs import Places
from layers.areas import AreaIndex
from layers.camera_codes import parse_camera_code
from layers.demo.build import DemoCounty, build_county
from layers.demo.mesh import build_mesh
from layers.demo.noise import Floats
from layers.demo.people import departments, units
from layers.demo.source import DIVISIONS, CountySource, read_county
from layers.demo.terrain import build_terrain
from layers.tables import LENGTH_OF_LEVEL
from tests.gis.tiling import tiling_faults
from tests.layers.conftest import SMALL_CAMERAS, SMALL_GRIDS, index_of

LEVELS = list(LENGTH_OF_LEVEL)


def test_the_levels_have_as_many_areas_as_the_county_counts(jingchuan: DemoCounty) -> None:
    assert jingchuan.areas["level"].value_counts().to_dict() == {
        "county": 1,
        "township": 15,
        "village": 221,
        "grid": 317,
    }
    assert len(jingchuan.cameras) == 5000


def test_names_and_codes_are_those_of_the_official_list(jingchuan: DemoCounty) -> None:
    with DIVISIONS.open(encoding="utf-8") as file:
        official = {row["code"]: row["name"] for row in csv.DictReader(file)}
    upper = jingchuan.areas[jingchuan.areas["level"] != "grid"]
    assert dict(zip(upper["code"], upper["full_name"], strict=True)) == official


def test_every_village_has_its_grids_numbered_from_001(jingchuan: DemoCounty) -> None:
    grids = jingchuan.areas[jingchuan.areas["level"] == "grid"]["code"]
    villages = jingchuan.areas[jingchuan.areas["level"] == "village"]["code"]
    by_village = {village: sorted(code for code in grids if code.startswith(village)) for village in villages}
    for village, codes in by_village.items():
        assert codes == [f"{village}{serial:03d}" for serial in range(1, len(codes) + 1)]
        assert codes


@pytest.mark.parametrize(
    "above, below", [("county", "township"), ("township", "village"), ("village", "grid")]
)
def test_children_tile_their_parent_exactly(jingchuan: DemoCounty, above: str, below: str) -> None:
    frame = jingchuan.areas
    children = frame[frame["level"] == below]
    assert shapely.coverage_is_valid(shapely.get_parts(children.geometry.to_numpy()))
    for parent in frame[frame["level"] == above].itertuples():
        own = children[children["parent_code"] == parent.code]
        assert tiling_faults(parent.geometry, list(own.geometry)) == []


def test_the_county_is_the_outline_of_its_source(jingchuan: DemoCounty) -> None:
    source = read_county()
    shape = jingchuan.areas[jingchuan.areas["level"] == "county"].geometry.iloc[0]
    metric = shapely.transform(shape, source.zone.to_metres)
    assert shapely.symmetric_difference(metric, source.outline).area < 200, "of 1,461 km²"
    assert shapely.hausdorff_distance(metric, source.outline) < 0.01


def test_the_sub_district_is_an_enclave_in_one_town(jingchuan: DemoCounty) -> None:
    shapes = dict(zip(jingchuan.areas["code"], jingchuan.areas.geometry, strict=True))
    enclave, host = shapes["620821001"], shapes["620821100"]
    filled = shapely.Polygon(shapely.get_parts(host)[0].exterior)
    assert shapely.contains_properly(filled, enclave)
    assert shapely.intersection(host, enclave).area == 0


def test_every_area_is_one_piece_and_holds_its_seat(jingchuan: DemoCounty) -> None:
    assert (shapely.get_num_geometries(jingchuan.areas.geometry.to_numpy()) == 1).all()
    assert shapely.contains(jingchuan.areas.geometry.to_numpy(), jingchuan.areas["seat"].to_numpy()).all()


def test_villages_are_of_similar_size(jingchuan: DemoCounty) -> None:
    source = read_county()
    rural = jingchuan.areas[
        (jingchuan.areas["level"] == "village") & (jingchuan.areas["parent_code"] != "620821001")
    ]
    km2 = shapely.area(shapely.transform(rural.geometry.to_numpy(), source.zone.to_metres)) / 1e6
    assert km2.min() > 1.0
    assert km2.max() < 4 * np.median(km2)


def test_borders_wind(jingchuan: DemoCounty) -> None:
    frame = jingchuan.areas[jingchuan.areas["level"] == "grid"]
    shapes = frame.geometry.to_numpy()
    assert np.median(shapely.get_num_coordinates(shapes)) > 60
    # A border that ran straight would be as long as the convex hull's.
    assert np.median(shapely.length(shapes) / shapely.length(shapely.convex_hull(shapes))) > 1.05


def _parts(roads: list[tuple[int, int]], nodes: int) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    ends = np.array(roads)
    graph = csr_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(nodes, nodes))
    return np.asarray(connected_components(graph, directed=False)[1])


def _seat_nodes(county: DemoCounty, level: str) -> list[int]:
    """The junction or road end nearest to each seat."""
    roads = county.roads
    ends = np.concatenate(
        (shapely.get_point(roads.geometry.to_numpy(), 0), shapely.get_point(roads.geometry.to_numpy(), -1))
    )
    nodes = np.concatenate((roads["from_node"].to_numpy(), roads["to_node"].to_numpy()))
    tree = shapely.STRtree(ends)
    seats = county.areas[county.areas["level"] == level]["seat"]
    return [int(nodes[tree.nearest(seat)]) for seat in seats]


def test_all_roads_are_one_net_with_loops(jingchuan: DemoCounty) -> None:
    ends = list(zip(jingchuan.roads["from_node"], jingchuan.roads["to_node"], strict=True))
    nodes = {node for pair in ends for node in pair}
    assert len(set(_parts(ends, max(nodes) + 1)[sorted(nodes)])) == 1
    assert len(ends) > len(nodes) + 100, "a spanning tree would have one road fewer than nodes"


def test_cutting_any_one_trunk_road_leaves_every_township_reachable(jingchuan: DemoCounty) -> None:
    roads = jingchuan.roads
    ends = list(zip(roads["from_node"], roads["to_node"], strict=True))
    nodes = max(max(pair) for pair in ends) + 1
    seats = _seat_nodes(jingchuan, "township")
    trunks = np.flatnonzero(roads["road_class"] == "trunk")
    assert len(trunks) > 30
    for trunk in trunks.tolist():
        part = _parts(ends[:trunk] + ends[trunk + 1 :], nodes)
        assert len(set(part[seats])) == 1, roads.iloc[trunk]["name"]


def test_every_village_and_grid_lies_at_a_road(jingchuan: DemoCounty) -> None:
    source = read_county()
    lines = shapely.transform(jingchuan.roads.geometry.to_numpy(), source.zone.to_metres)
    tree = shapely.STRtree(lines)
    low = jingchuan.areas[jingchuan.areas["level"].isin(["village", "grid"])]
    seats = shapely.transform(low["seat"].to_numpy(), source.zone.to_metres)
    assert shapely.distance(lines[tree.nearest(seats)], seats).max() < 260


def test_roads_meet_at_their_ends_and_nowhere_else(jingchuan: DemoCounty) -> None:
    lines = jingchuan.roads.geometry.to_numpy()
    assert shapely.is_simple(lines).all()
    a, b = shapely.STRtree(lines).query(lines, predicate="crosses")
    crossing = shapely.intersection(lines[a], lines[b])
    ends = shapely.boundary(lines)
    assert (shapely.is_empty(shapely.difference(crossing, ends[a])) | (a == b)).all()


def test_roads_have_four_classes_and_the_better_is_the_faster(jingchuan: DemoCounty) -> None:
    speed = jingchuan.roads.groupby("road_class")["speed_kmh"].max()
    assert speed["trunk"] > speed["county"] > speed["township"] > speed["village"]


def test_every_camera_has_a_valid_code_of_its_own_in_its_county(jingchuan: DemoCounty) -> None:
    assert jingchuan.cameras["code"].is_unique
    for code in jingchuan.cameras["code"]:
        parsed = parse_camera_code(code)
        assert parsed.centre.startswith("620821")
        assert str(parsed) == code
    assert jingchuan.cameras["name"].is_unique


def test_nearly_all_cameras_are_online(jingchuan: DemoCounty) -> None:
    assert 0.97 < (jingchuan.cameras["health"] == "online").mean() < 0.99


def test_what_stands_in_a_grid_says_so(jingchuan: DemoCounty, jingchuan_index: AreaIndex) -> None:
    for frame in (jingchuan.cameras, jingchuan.facilities, jingchuan.pois):
        places = shapely.get_coordinates(frame.geometry.to_numpy())
        assert (jingchuan_index.codes_of(places) == frame["area_code"].to_numpy()).all()


def test_there_is_a_centre_for_every_township_and_a_committee_for_every_village(
    jingchuan: DemoCounty,
) -> None:
    kinds = jingchuan.facilities["kind"].value_counts()
    assert (kinds["centre"], kinds["township_centre"], kinds["compound"]) == (1, 15, 89)
    assert jingchuan.facilities["telephone"].str.fullmatch(r"0933-0\d{6}").all()
    assert jingchuan.facilities["telephone"].is_unique
    committees = jingchuan.pois[jingchuan.pois["kind"] == "committee"]
    assert committees["area_code"].str[:12].nunique() == 221


def test_the_centre_has_its_hall_zones_and_rooms_within_its_walls(jingchuan: DemoCounty) -> None:
    frame = jingchuan.facilities
    kinds = frame["kind"].value_counts()
    assert [kinds[kind] for kind in ("hall", "zone", "room", "mediation_room")] == [1, 5, 15, 9]
    inside = frame[frame["kind"].isin(["hall", "zone", "room", "mediation_room"])]
    centre = frame[frame["kind"] == "centre"]
    zone = read_county().zone
    away_m = shapely.distance(
        shapely.transform(inside.geometry.to_numpy(), zone.to_metres),
        shapely.transform(centre.geometry.to_numpy(), zone.to_metres),
    )
    assert away_m.max() < 70
    assert inside["name"].str.startswith(centre["name"].iloc[0]).all()
    assert inside["name"].is_unique
    assert shapely.get_num_geometries(shapely.union_all(inside.geometry.to_numpy())) == 30, "each has a place"


def test_departments_are_at_the_centre_always_by_turns_or_when_called(jingchuan_index: AreaIndex) -> None:
    found = [one.presence for one in departments(jingchuan_index)]
    assert {kind: found.count(kind) for kind in set(found)} == {"resident": 6, "rotating": 8, "on_call": 2}


def test_roads_avoid_the_gullies(jingchuan: DemoCounty) -> None:
    source = read_county()
    mesh = build_mesh(source, jingchuan.seed)
    terrain = build_terrain(source, mesh, jingchuan.seed)
    deep = terrain.gully[mesh.inside] > 0.5
    tree = cKDTree(mesh.sites[mesh.inside])
    lines = shapely.transform(jingchuan.roads.geometry.to_numpy(), source.zone.to_metres)
    for classes, most in ((["trunk", "county"], 0.35), (["township"], 0.6)):
        own = lines[jingchuan.roads["road_class"].isin(classes).to_numpy()]
        at = shapely.get_coordinates(shapely.segmentize(own, 100.0))
        assert deep[tree.query(at)[1]].mean() < most * deep.mean()


def test_the_relief_is_the_land_that_the_county_lies_in(jingchuan: DemoCounty) -> None:
    relief, source = jingchuan.relief, read_county()
    heights = np.frombuffer(relief.heights, np.uint8).reshape(relief.height, relief.width)
    assert (heights.min(), heights.max()) == (0, 255)
    assert 200 < relief.range_m < 400

    def at(places: Places) -> Floats:
        x = ((places[:, 0] - relief.west) / (relief.east - relief.west) * relief.width).astype(int)
        y = ((relief.north - places[:, 1]) / (relief.north - relief.south) * relief.height).astype(int)
        found = heights[y.clip(0, relief.height - 1), x.clip(0, relief.width - 1)]
        return np.asarray(found / 255 * relief.range_m)

    # Rivers run in the valleys, and the mesh's own heights are those of the picture.
    rivers = shapely.get_coordinates(shapely.union_all(jingchuan.waters.geometry.to_numpy()))
    assert np.median(at(rivers)) < 0.45 * np.median(heights / 255 * relief.range_m)
    mesh = build_mesh(source, jingchuan.seed)
    own = build_terrain(source, mesh, jingchuan.seed).height_m[mesh.inside]
    seen = at(source.zone.to_degrees(mesh.sites[mesh.inside]))
    assert np.corrcoef(own, seen)[0, 1] > 0.95


def test_cameras_look_at_main_roads_junctions_and_public_places(jingchuan: DemoCounty) -> None:
    kinds = jingchuan.cameras["kind"].value_counts()
    assert set(kinds.index) == {"road", "junction", "village", "public", "compound", "school"}
    zone = read_county().zone
    lines = shapely.transform(jingchuan.roads.geometry.to_numpy(), zone.to_metres)
    at = shapely.transform(jingchuan.cameras.geometry.to_numpy(), zone.to_metres)
    tree = shapely.STRtree(lines)
    beside = jingchuan.cameras["kind"].isin(["road", "junction"]).to_numpy()
    assert shapely.distance(lines[tree.nearest(at[beside])], at[beside]).max() < 40
    assert np.median(shapely.distance(lines[tree.nearest(at)], at)) < 60


def test_the_forces_are_one_officer_a_grid_and_teams_at_their_desks(jingchuan_index: AreaIndex) -> None:
    forces = units(jingchuan_index, 620821)
    kinds = [unit.kind for unit in forces]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "grid_officer": 317,
        "patrol": 15,
        "department": 16,
        "mediation": 16,
    }
    officers = [unit for unit in forces if unit.kind == "grid_officer"]
    assert all(unit.desk == unit.area_code[:12] for unit in officers)
    assert len({unit.name for unit in forces}) == len(forces)
    assert (
        len({unit.telephone for unit in forces} | {one.telephone for one in departments(jingchuan_index)})
        == 380
    )
    assert {unit.desk for unit in forces if unit.kind == "department"} == {
        one.desk for one in departments(jingchuan_index)
    }
    assert forces == units(jingchuan_index, 620821)


def _fingerprint(county: DemoCounty) -> list[bytes]:
    frames = (county.areas, county.roads, county.waters, county.cameras, county.facilities, county.pois)
    return [
        repr(frame.drop(columns="geometry").to_dict("records")).encode() + b"".join(frame.geometry.to_wkb())
        for frame in frames
    ]


def test_the_same_seed_builds_the_same_county_and_another_seed_another(
    small_source: CountySource, small_county: DemoCounty
) -> None:
    again = build_county(small_source, 7, grids=SMALL_GRIDS, cameras_wanted=SMALL_CAMERAS)
    other = build_county(small_source, 8, grids=SMALL_GRIDS, cameras_wanted=SMALL_CAMERAS)
    assert _fingerprint(again) == _fingerprint(small_county)
    assert _fingerprint(other)[0] != _fingerprint(small_county)[0]


def test_any_other_county_is_built_from_its_own_outline_and_list(small_county: DemoCounty) -> None:
    frame = small_county.areas
    assert frame["level"].value_counts().to_dict() == {
        "county": 1,
        "township": 3,
        "village": 12,
        "grid": SMALL_GRIDS,
    }
    assert len(small_county.cameras) == SMALL_CAMERAS
    for above, below in pairwise(LEVELS):
        for parent in frame[frame["level"] == above].itertuples():
            own = frame[(frame["level"] == below) & (frame["parent_code"] == parent.code)]
            assert tiling_faults(parent.geometry, list(own.geometry)) == []
    assert index_of(small_county).zone.epsg == 4547
