"""Growing regions over the mesh until they tile it: each region is connected and about as large as it should be."""

import numpy as np
from scipy.cluster.vq import kmeans2
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from gis.crs import Places
from layers.demo.mesh import Integers
from layers.demo.noise import Floats

ROUNDS = 24
# A seed keeps at least this share of the way to every other seed, so that no region is swallowed.
KEPT = 0.2
FAR = 1e12


def grow(graph: csr_array, sites: Places, seeds: Integers, weight: Floats, share: Floats) -> Integers:
    """Give each node to one of the seeds, so that weights add up to about `share`; returns positions in `seeds`.

    Each node goes to the seed that is cheapest after a handicap, and handicaps move until sizes match. A handicap
    that is added keeps every region connected, which one that is multiplied would not.
    """
    cost = np.asarray(dijkstra(graph, directed=True, indices=seeds))
    reached = np.isfinite(cost).any(axis=0)
    cost = np.where(np.isfinite(cost), cost, FAR)
    apart = cost[:, seeds] * (1.0 - KEPT)
    target = share / share.sum() * weight[reached].sum()
    stride = 0.4 * float(np.median(cost.min(axis=0)[reached])) + 1.0
    handicap = np.zeros(len(seeds))
    for number in range(ROUNDS):
        owner = np.argmin(cost + handicap[:, None], axis=0)
        size = np.bincount(owner[reached], weights=weight[reached], minlength=len(seeds))
        handicap += np.clip(size / target - 1.0, -0.6, 0.6) * stride * (1.0 - number / ROUNDS)
        handicap = np.minimum(
            handicap, (handicap[None, :] + apart).min(axis=1, initial=np.inf, where=apart > 0)
        )
    owner = np.argmin(cost + handicap[:, None], axis=0)
    if not reached.all():  # cells that only cells of another parent link to the rest
        owner[~reached] = owner[reached][cKDTree(sites[reached]).query(sites[~reached])[1]]
    return np.asarray(owner, dtype=np.int64)


def spread(rng: np.random.Generator, sites: Places, weight: Floats, count: int) -> Places:
    """Place `count` points so that each has about the same weight around it: Lloyd's iteration on a sample."""
    if count == 1:
        return np.asarray(np.average(sites, axis=0, weights=weight)[None, :])
    sample = sites[rng.choice(len(sites), size=80 * count + 400, p=weight / weight.sum())]
    start = _far_apart(sample, count, rng)
    centres, _ = kmeans2(sample, start, iter=40, minit="matrix", missing="warn")
    return np.asarray(centres)


def _far_apart(sample: Places, count: int, rng: np.random.Generator) -> Places:
    """Choose starting points each far from those before it, so that no centre of Lloyd's iteration starves."""
    chosen = [sample[rng.integers(len(sample))]]
    nearest = np.hypot(*(sample - chosen[0]).T)
    while len(chosen) < count:
        following = sample[rng.choice(len(sample), p=nearest**2 / (nearest**2).sum())]
        chosen.append(following)
        nearest = np.minimum(nearest, np.hypot(*(sample - following).T))
    return np.array(chosen)


def distinct_nodes(sites: Places, places: Places) -> Integers:
    """The node nearest to each place; where two places want the same one, the second takes the next nearest."""
    taken: list[int] = []
    ranked = cKDTree(sites).query(places, k=[*range(1, min(len(sites), len(places)) + 1)])[1]
    for choices in np.asarray(ranked):
        taken.append(next(int(node) for node in choices if int(node) not in taken))
    return np.array(taken, dtype=np.int64)
