"""Repeatable invention: one generator per purpose, smooth random fields over the plane, telephone numbers."""

from collections.abc import Callable
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from gis.crs import Places

Floats = NDArray[np.float64]
Field = Callable[[Places], Floats]


def generator(seed: int, purpose: str) -> np.random.Generator:
    """A generator of its own for each purpose, so that a change to one part leaves the others as they were."""
    return np.random.default_rng([seed, crc32(purpose.encode())])


def smooth_field(
    rng: np.random.Generator, bounds: tuple[float, float, float, float], longest_m: float, octaves: int = 4
) -> Field:
    """Return a random field of mean 0 and deviation 1 whose waves are `longest_m` long, and halves of it."""
    west, south, east, north = bounds
    step_m = longest_m / 2**octaves
    shape = (int((north - south) / step_m) + 8, int((east - west) / step_m) + 8)
    total = np.zeros(shape)
    for octave in range(octaves):
        # A Gaussian blur of white noise has waves about six deviations long.
        wave = ndimage.gaussian_filter(
            rng.standard_normal(shape), longest_m / 2**octave / step_m / 6, mode="wrap"
        )
        total += wave / wave.std() * 0.5**octave
    total = (total - total.mean()) / total.std()

    def sample(places: Places) -> Floats:
        x, y = (places[:, 0] - west) / step_m + 4, (places[:, 1] - south) / step_m + 4
        return np.asarray(ndimage.map_coordinates(total, [y, x], order=1, mode="grid-wrap"), dtype=np.float64)

    return sample


def wander(rng: np.random.Generator, count: int, wave: float) -> Floats:
    """Return a smooth random walk of `count` steps, deviation 1, with waves about `wave` steps long."""
    raw = ndimage.gaussian_filter1d(rng.standard_normal(count + int(8 * wave)), wave / 6)
    raw += 0.35 * ndimage.gaussian_filter1d(rng.standard_normal(len(raw)), wave / 18)
    steps = raw[int(4 * wave) :][:count]
    return np.asarray(steps / max(float(raw.std()), 1e-9), dtype=np.float64)


# A prefecture's telephone prefix by the first digits of its counties' codes; others get one that there is not.
PREFIX_OF, NO_PREFIX = {"6208": "0933"}, "0000"


def invented_telephone(code: str, number: int) -> str:
    """Return a number in an area that nobody can have: no local number begins with 0."""
    return f"{PREFIX_OF.get(code[:4], NO_PREFIX)}-0{number:06d}"
