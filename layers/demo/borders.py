"""From cells to polygons: the walls between areas become smooth shared borders, noded with the outline.

Each border is drawn once and used by both sides, the finest level is made first and every level above is the union of
its children, so that levels tile each other exactly, vertex by vertex.
"""

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

from gis.crs import Places
from gis.geometry import Geometries
from layers.demo.mesh import Integers, Mesh

PRECISION_M = 0.001
SMOOTHING = 1.6


def _outwards(mesh: Mesh, owner: Integers) -> Integers:
    """Give the cells outside the county to the nearest area, so that borders run straight out over the outline."""
    known = owner >= 0
    full = owner.copy()
    full[~known] = owner[known][cKDTree(mesh.sites[known]).query(mesh.sites[~known])[1]]
    return full


def _smoothed(line: Places) -> Places:
    """Round off the corners that the mesh left; both ends stay where other borders meet them."""
    if len(line) < 4:
        return line
    closed = bool((line[0] == line[-1]).all())
    if closed:
        ring = ndimage.gaussian_filter1d(line[:-1], SMOOTHING, axis=0, mode="wrap")
        return np.concatenate((ring, ring[:1]))
    smooth = ndimage.gaussian_filter1d(line, SMOOTHING, axis=0, mode="nearest")
    # Near the ends the blur would pull the line back; it fades in.
    fade = np.minimum(np.arange(len(line)), np.arange(len(line))[::-1]) / 3.0
    fade = np.clip(fade, 0.0, 1.0)[:, None]
    return np.asarray(line * (1 - fade) + smooth * fade)


def border_lines(mesh: Mesh, owner: Integers) -> Geometries:
    """The borders between areas, one smooth line from junction to junction."""
    full = _outwards(mesh, owner)
    between = full[mesh.links[:, 0]] != full[mesh.links[:, 1]]
    between[len(between) - mesh.ferries :] = False
    merged = shapely.line_merge(shapely.multilinestrings(shapely.linestrings(mesh.walls[between])))
    lines = shapely.get_parts(merged)
    return np.array(
        [shapely.LineString(_smoothed(shapely.get_coordinates(line))) for line in lines], dtype=object
    )


def _faces(outline: shapely.MultiPolygon, borders: Geometries) -> Geometries:
    """Node the borders with the outline and return the faces inside it."""
    lines = np.append(borders, np.array([shapely.boundary(outline)], dtype=object))
    noded = shapely.union_all(lines, grid_size=PRECISION_M)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    inner = shapely.point_on_surface(faces)
    return np.asarray(faces[shapely.intersects(shapely.buffer(outline, PRECISION_M), inner)], dtype=object)


def _owners(faces: Geometries, mesh: Mesh, owner: Integers) -> Integers:
    """Name each face's area by the cells in it; -1 where a sliver holds none."""
    sites = np.flatnonzero(mesh.inside)
    points = np.asarray(shapely.points(mesh.sites[sites]), dtype=object)
    face, position = shapely.STRtree(points).query(faces, predicate="contains")
    votes = np.zeros((len(faces), int(owner.max()) + 1), dtype=np.int32)
    np.add.at(votes, (face, owner[sites[position]]), 1)
    return np.where(votes.max(axis=1) > 0, votes.argmax(axis=1), -1).astype(np.int64)


def _largest(faces: Geometries, named: Integers, part: Integers, count: int) -> NDArray[np.bool_]:
    """Which faces are the main body of their area, in each part of the county that it reaches."""
    order = np.argsort(-shapely.area(faces), kind="stable")
    order = order[named[order] >= 0]
    found, first = np.unique(named[order] * (int(part.max()) + 1) + part[order], return_index=True)
    assert len(np.unique(found // (int(part.max()) + 1))) == count, "an area has lost its ground"
    main = np.zeros(len(faces), dtype=bool)
    main[order[first]] = True
    return main


def _adopt(faces: Geometries, named: Integers, main: NDArray[np.bool_]) -> Integers:
    """Give slivers to the neighbour with the longest common border, until every face has an owner."""
    named = np.where(main, named, -1)
    a, b = shapely.STRtree(faces).query(faces, predicate="intersects")
    apart = a < b
    a, b = a[apart], b[apart]
    shared = shapely.length(shapely.intersection(faces[a], faces[b]))
    a, b, shared = np.append(a, b), np.append(b, a), np.append(shared, shared)
    while (named < 0).any():
        usable = (named[a] < 0) & (named[b] >= 0) & (shared > 0)
        if not usable.any():
            return _nearest(faces, named)
        order = np.argsort(shared[usable], kind="stable")
        named[a[usable][order]] = named[b[usable][order]]
    return named


def _nearest(faces: Geometries, named: Integers) -> Integers:
    """Give what lies apart from everything, a speck of an island, to the nearest area."""
    owned = np.flatnonzero(named >= 0)
    apart = np.flatnonzero(named < 0)
    named[apart] = named[owned[shapely.STRtree(faces[owned]).nearest(faces[apart])]]
    return named


def tile(outline: shapely.MultiPolygon, mesh: Mesh, owner: Integers) -> Geometries:
    """Return one shape for each area number in `owner`: together they tile the outline exactly. Metres."""
    faces = _faces(outline, border_lines(mesh, owner))
    count = int(owner.max()) + 1
    named = _owners(faces, mesh, owner)
    parts = shapely.get_parts(outline)
    part = shapely.STRtree(parts).nearest(shapely.point_on_surface(faces)).astype(np.int64)
    named = _adopt(faces, named, _largest(faces, named, part, count))
    return union_by(faces, named, count)


def union_by(shapes: Geometries, group: Integers, count: int) -> Geometries:
    """Unite the shapes of each group number; shared borders must already be identical."""
    order = np.argsort(group, kind="stable")
    parts = np.split(shapes[order], np.searchsorted(group[order], np.arange(1, count)))
    united = np.empty(count, dtype=object)
    united[:] = [shapely.coverage_union_all(part) for part in parts]
    return united
