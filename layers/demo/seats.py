"""Where townships have their seats when nobody says: spread over the county, the county town in its midst."""

from collections.abc import Mapping, Sequence
from zlib import crc32

import numpy as np
import shapely

from gis.crs import Places

Seat = tuple[float, float]

SAMPLE = 6_000
LEAST_SHARE = 0.03
ROUNDS = 30
# Sub-districts lie this far from the county town's seat, and from each other around it.
URBAN_AWAY_M = 2_400.0
COUNTY_TOWN = "城关"


def is_urban(code: str) -> bool:
    """Say whether a township-level code is a sub-district's: 街道 have the serials 001 to 099."""
    return code[6:9] < "100"


def county_town(towns: Sequence[tuple[str, str]]) -> str:
    """The code of the town that the county's government sits in, from (code, name): 城关镇, else the first."""
    rural = [one for one in towns if not is_urban(one[0])] or list(towns)
    return next((code for code, name in rural if name.startswith(COUNTY_TOWN)), rural[0][0])


def laid_out(
    outline: shapely.MultiPolygon, towns: Sequence[tuple[str, str]], known: Mapping[str, Seat]
) -> dict[str, Seat]:
    """Return a seat for every township of (code, name); those that are `known` stay where they are. Metres."""
    found = dict(known)
    town = county_town(towns)
    all_urban = all(is_urban(code) for code, _ in towns)
    missing = [code for code, _ in towns if code not in known and (all_urban or not is_urban(code))]
    if missing:
        rng = np.random.default_rng([crc32(code.encode()) for code, _ in towns])
        ground = _ground(outline, rng)
        fixed = np.array([known[code] for code, _ in towns if code in known]).reshape(-1, 2)
        places = _spread(ground, fixed, len(missing), rng)
        # The county town takes the most central place; the others follow in code order around it.
        middle = ground.mean(axis=0)
        order = np.argsort(np.hypot(*(places - middle).T), kind="stable")
        if town in missing:
            found[town] = _seat(places[order[0]])
            missing.remove(town)
            order = order[1:]
        around = order[np.argsort(np.arctan2(*(places[order] - middle).T), kind="stable")]
        found |= {code: _seat(places[number]) for code, number in zip(missing, around, strict=True)}
    urban = [code for code, _ in towns if code not in found]
    for number, code in enumerate(urban):
        angle = 2 * np.pi * number / len(urban) + 0.6
        away_m = 0.0 if len(urban) == 1 else URBAN_AWAY_M
        offset = (away_m + 900.0) * np.array([np.cos(angle), np.sin(angle)])
        found[code] = _seat(np.array(found[town]) + offset)
    return found


def _seat(place: Places) -> Seat:
    return float(place[0]), float(place[1])


def _ground(outline: shapely.MultiPolygon, rng: np.random.Generator) -> Places:
    """Places all over the county, the same density everywhere, none at its very border."""
    parts = shapely.get_parts(outline)
    sizes = shapely.area(parts)
    # Nobody governs from a speck of an island.
    outline = shapely.MultiPolygon(parts[sizes > LEAST_SHARE * sizes.sum()].tolist())
    shapely.prepare(outline)
    west, south, east, north = outline.bounds
    share = outline.area / ((east - west) * (north - south))
    tried = rng.uniform((west, south), (east, north), (int(SAMPLE / share) + 200, 2))
    return np.asarray(tried[shapely.contains_xy(outline, tried[:, 0], tried[:, 1])])


def _spread(ground: Places, fixed: Places, count: int, rng: np.random.Generator) -> Places:
    """Lloyd's iteration with some centres that do not move; each centre ends on ground of its own."""
    centres = fixed
    for _ in range(count):  # each new one begins farthest from those before it
        if len(centres):
            away = np.hypot(*np.moveaxis(ground[:, None] - centres[None], 2, 0)).min(axis=1)
            following = ground[np.argmax(away)]
        else:
            following = ground[rng.integers(len(ground))]
        centres = np.concatenate((centres, following[None]))
    for _ in range(ROUNDS):
        owner = np.hypot(*np.moveaxis(ground[:, None] - centres[None], 2, 0)).argmin(axis=1)
        for number in range(len(fixed), len(centres)):
            own = ground[owner == number]
            if len(own):
                centres[number] = own[np.argmin(np.hypot(*(own - own.mean(axis=0)).T))]
    return np.asarray(centres[len(fixed) :])
