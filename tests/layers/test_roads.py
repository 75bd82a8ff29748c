"""Travel times and routes, against a plain search over the same roads."""

import heapq
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.crs import MetricZone
from layers.roads import OFF_ROAD_MPS, Edge, RoadGraph

ZONE = MetricZone(4545)
ORIGIN = ZONE.to_metres([[107.4, 35.3]])[0]


def at(x_m: float, y_m: float) -> tuple[float, float]:
    """A WGS 84 place some metres east and north of a corner of the county."""
    lon, lat = ZONE.to_degrees(ORIGIN + np.array([[x_m, y_m]]))[0]
    return float(lon), float(lat)


def road(
    a: int, b: int, points: list[tuple[float, float]], speed: float = 36.0, one_way: bool = False
) -> Edge:
    return Edge(a, b, speed, shapely.LineString([at(*point) for point in points]), one_way)


def square(one_way: bool = False) -> RoadGraph:
    """A 1,000 m square at 10 m/s; its south side may be one-way eastwards."""
    return RoadGraph(
        [
            road(1, 2, [(0, 0), (1000, 0)], one_way=one_way),
            road(2, 3, [(1000, 0), (1000, 1000)]),
            road(3, 4, [(1000, 1000), (0, 1000)]),
            road(4, 1, [(0, 1000), (0, 0)]),
        ],
        ZONE,
    )


def test_two_places_on_one_edge_take_the_stretch_between_them() -> None:
    travel = square().travel([at(200, 0)], at(700, 0))
    assert travel.seconds == pytest.approx([50.0], abs=0.1)
    assert travel.metres == pytest.approx([500.0], abs=0.5)


def test_a_one_way_edge_is_not_driven_backwards_even_along_itself() -> None:
    # From 700 back to 200 on a one-way side: round the whole square, or on foot, whichever is faster.
    travel = square(one_way=True).travel([at(700, 0)], at(200, 0))
    round_s = (300 + 3000 + 200) / 10
    assert travel.seconds == pytest.approx([min(round_s, 500 / OFF_ROAD_MPS)], abs=0.3)


def test_the_faster_of_two_parallel_roads_counts() -> None:
    slow = road(1, 2, [(0, 0), (1000, 0)], speed=18.0)
    fast = road(1, 2, [(0, 0), (500, 400), (1000, 0)], speed=72.0)
    onwards = [road(0, 1, [(-500, 0), (0, 0)]), road(2, 3, [(1000, 0), (1500, 0)])]
    graph = RoadGraph([slow, fast, *onwards], ZONE)
    expected = 50 + 2 * np.hypot(500, 400) / 20 + 50
    assert graph.travel([at(-500, 0)], at(1500, 0)).seconds == pytest.approx([expected], abs=0.3)


def test_the_way_to_the_road_is_walked_and_counted() -> None:
    travel = square().travel([at(100, -60)], at(900, -30))
    assert travel.seconds == pytest.approx([80 + 90 / OFF_ROAD_MPS], abs=0.3)
    assert travel.metres == pytest.approx([890], abs=1)
    assert travel.foot_m == pytest.approx([90], abs=0.5)


def test_neighbours_off_the_road_walk_straight_to_each_other() -> None:
    travel = square().travel([at(500, 480)], at(500, 500))
    assert travel.seconds == pytest.approx([20 / OFF_ROAD_MPS], abs=0.1)
    assert travel.foot_m == pytest.approx(travel.metres)


def test_a_route_runs_from_origin_to_destination_along_the_roads_and_is_as_long_as_it_says() -> None:
    route = square().route(at(200, -10), at(1010, 600))
    assert route.line[0] == pytest.approx(at(200, -10), abs=1e-6)
    assert route.line[-1] == pytest.approx(at(1010, 600), abs=1e-6)
    points = ZONE.to_metres(route.line)
    assert np.hypot(*np.diff(points, axis=0).T).sum() == pytest.approx(route.metres, abs=1.0)
    assert any(np.hypot(*(point - ORIGIN - (1000, 0))) < 1 for point in points), "it turns at the corner"


def test_an_unconnected_place_is_reached_on_foot_and_never_reads_as_near() -> None:
    graph = RoadGraph([road(1, 2, [(0, 0), (1000, 0)]), road(3, 4, [(0, 5000), (1000, 5000)])], ZONE)
    assert graph.travel([at(0, 0)], at(0, 5000)).seconds == pytest.approx([5000 / OFF_ROAD_MPS], abs=1)


def test_no_origins_are_no_answer_and_no_error() -> None:
    assert len(square().travel(np.empty((0, 2)), at(0, 0)).seconds) == 0


def _plain_search(edges: list[Edge], origin: int, goal: int) -> float:
    ways: dict[int, list[tuple[int, float]]] = {}
    for edge in edges:
        points = ZONE.to_metres(shapely.get_coordinates(edge.line))
        seconds = float(np.hypot(*np.diff(points, axis=0).T).sum()) / (edge.speed_kmh / 3.6)
        ways.setdefault(edge.from_node, []).append((edge.to_node, seconds))
        if not edge.one_way:
            ways.setdefault(edge.to_node, []).append((edge.from_node, seconds))
    best = {origin: 0.0}
    queue = [(0.0, origin)]
    while queue:
        at_s, node = heapq.heappop(queue)
        if node == goal:
            return at_s
        for following, seconds in ways.get(node, []):
            if at_s + seconds < best.get(following, np.inf):
                best[following] = at_s + seconds
                heapq.heappush(queue, (at_s + seconds, following))
    return float("inf")


@st.composite
def networks(draw: st.DrawFn) -> tuple[list[Edge], dict[int, tuple[float, float]]]:
    count = draw(st.integers(3, 9))
    # Far apart, so that walking never wins and every node is its own nearest place on the network.
    nodes = {n: (draw(st.integers(-9, 9)) * 900.0 + n**3 * 3.7, n * 900.0) for n in range(count)}
    pairs = draw(
        st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), min_size=2, max_size=20)
    )
    pairs += list(pairwise(range(count)))
    edges = [
        road(a, b, [nodes[a], nodes[b]], draw(st.sampled_from([20.0, 40.0, 60.0])), draw(st.booleans()))
        for a, b in pairs
        if a != b
    ]
    return edges, nodes


@given(networks(), st.data())
@settings(max_examples=60, deadline=None)
def test_travel_times_and_routes_equal_a_plain_search_on_small_networks(
    network: tuple[list[Edge], dict[int, tuple[float, float]]], data: st.DataObject
) -> None:
    edges, nodes = network
    used = sorted({edge.from_node for edge in edges} | {edge.to_node for edge in edges})
    origin, goal = data.draw(st.sampled_from(used)), data.draw(st.sampled_from(used))
    graph = RoadGraph(edges, ZONE)
    walk = np.hypot(*(np.array(nodes[origin]) - nodes[goal])) / OFF_ROAD_MPS
    expected = min(_plain_search(edges, origin, goal), walk)
    assert graph.travel([at(*nodes[origin])], at(*nodes[goal])).seconds == pytest.approx([expected], abs=0.5)
    route = graph.route(at(*nodes[origin]), at(*nodes[goal]))
    assert route.seconds == pytest.approx(expected, abs=0.5)
    length = np.hypot(*np.diff(ZONE.to_metres(route.line), axis=0).T).sum()
    assert length == pytest.approx(route.metres, abs=2.0)
