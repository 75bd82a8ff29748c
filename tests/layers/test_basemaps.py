"""Base maps: files and services as they come, damaged ones too, and shifted ones brought to where they belong."""

import io
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from gis.crs import wgs84_to_bd09, wgs84_to_gcj02
from gis.errors import InvalidInput, Unavailable
from layers.basemaps import api
from layers.basemaps.disk import DiskCache
from layers.basemaps.mbtiles import MBTilesSource
from layers.basemaps.pmtiles import PMTilesSource
from layers.basemaps.remote import RemoteSource
from layers.basemaps.settings import BaseMap, read_basemaps
from layers.basemaps.shelf import BaseMaps
from layers.basemaps.warp import SQUARES, TILE_PX, WARPS, Warp, baidu, mercator, tiles_under, unmercator
from tests.layers.door import asking, behind_a_door

LON, LAT, ZOOM = 107.37, 35.34, 14


def image(colour: tuple[int, ...] = (10, 120, 200), form: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (TILE_PX, TILE_PX), colour).save(out, form)
    return out.getvalue()


def tile_at(z: int, lon: float = LON, lat: float = LAT) -> tuple[int, int]:
    x, y = np.floor(mercator(np.array([(lon, lat)]), z)[0] / TILE_PX).astype(int).tolist()
    return x, y


X, Y = tile_at(ZOOM)


def write_mbtiles(path: Path, tiles: dict[tuple[int, int, int], bytes], form: str = "png") -> Path:
    with closing(sqlite3.connect(path)) as file:
        file.execute("create table metadata (name text, value text)")
        columns = "zoom_level integer, tile_column integer, tile_row integer, tile_data blob"
        file.execute(f"create table tiles ({columns})")
        file.execute("insert into metadata values ('format', ?), ('bounds', '107,35,108,36')", (form,))
        rows = [(z, x, (1 << z) - 1 - y, data) for (z, x, y), data in tiles.items()]
        file.executemany("insert into tiles values (?, ?, ?, ?)", rows)
        file.commit()
    return path


def write_pmtiles(
    path: Path, tiles: dict[tuple[int, int, int], bytes], kind: TileType = TileType.PNG
) -> Path:
    with path.open("wb") as file:
        writer: Any = Writer(file)  # type: ignore[no-untyped-call]
        for key in sorted(tiles, key=lambda key: zxy_to_tileid(*key)):
            writer.write_tile(zxy_to_tileid(*key), tiles[key])
        sides = {
            "min_lon_e7": 1070000000,
            "min_lat_e7": 350000000,
            "max_lon_e7": 1080000000,
            "max_lat_e7": 360000000,
        }
        writer.finalize({"tile_type": kind, "tile_compression": Compression.NONE, **sides}, {})
    return path


FILES: dict[str, tuple[Callable[..., Path], Callable[[Path], Any]]] = {
    "mbtiles": (write_mbtiles, MBTilesSource),
    "pmtiles": (write_pmtiles, PMTilesSource),
}


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
async def test_a_file_gives_back_its_tiles_and_nothing_where_it_has_none(
    kind: str, form: str, tmp_path: Path
) -> None:
    write, source_of = FILES[kind]
    data = image(form=form)
    source = source_of(write(tmp_path / f"a.{kind}", {(ZOOM, X, Y): data, (ZOOM - 1, X // 2, Y // 2): data}))
    assert await source.tile(ZOOM, X, Y) == data
    assert await source.tile(ZOOM, X + 1, Y) is None
    assert (source.extent.min_zoom, source.extent.max_zoom) == (ZOOM - 1, ZOOM)
    assert source.extent.bounds == (107.0, 35.0, 108.0, 36.0)
    await source.close()


def test_vector_tiles_are_refused_in_so_many_words(tmp_path: Path) -> None:
    vectors = {(0, 0, 0): b"\x1a\x00"}
    for refused in (
        lambda: MBTilesSource(write_mbtiles(tmp_path / "a.mbtiles", vectors, "pbf")),
        lambda: PMTilesSource(write_pmtiles(tmp_path / "a.pmtiles", vectors, TileType.MVT)),
    ):
        with pytest.raises(InvalidInput, match="vector tiles") as told:
            refused()
        assert told.value.code == "vector_tiles"


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("data, why", [(b"", "empty tile"), (b"<html>no</html>", "neither PNG")])
async def test_a_tile_that_is_no_image_is_told(kind: str, data: bytes, why: str, tmp_path: Path) -> None:
    write, source_of = FILES[kind]
    source = source_of(write(tmp_path / f"a.{kind}", {(ZOOM, X, Y): data}))
    with pytest.raises(Unavailable, match=why) as told:
        await source.tile(ZOOM, X, Y)
    assert told.value.code == "broken_tile"
    await source.close()


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("keep", [0, 3, 90, 0.5])
async def test_a_file_that_was_cut_off_is_refused_or_told(kind: str, keep: float, tmp_path: Path) -> None:
    write, source_of = FILES[kind]
    noise = [np.random.default_rng(n).bytes(3000) for n in range(40)]
    tiles = {(ZOOM, X + n, Y): b"\x89PNG\r\n\x1a\n" + noise[n] for n in range(40)}
    path = write(tmp_path / f"a.{kind}", tiles)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * keep) if keep < 1 else int(keep)])
    with pytest.raises((InvalidInput, Unavailable)) as told:
        await read_all(source_of, path)
    assert told.value.code in (f"bad_{kind}", "broken_file", "broken_tile")


async def read_all(source_of: Callable[[Path], Any], path: Path) -> None:
    source = source_of(path)
    try:
        for n in range(40):
            await source.tile(ZOOM, X + n, Y)
    finally:
        await source.close()


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for _, source_of in FILES.values():
        with pytest.raises(InvalidInput):
            source_of(tmp_path / "none")


# ------------------------------------------------------------------------------------------------ shifted datums
SHIFTS: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("gcj02", "mercator"): lambda places: wgs84_to_gcj02(places),
    ("bd09", "mercator"): lambda places: wgs84_to_bd09(places),
    ("bd09", "baidu"): lambda places: wgs84_to_bd09(places),
}


def between(corners: Any, u: float, v: float) -> Any:
    """Where the mesh puts a place of a tile: bilinear within its square."""
    lattice = corners.reshape(SQUARES + 1, SQUARES + 1, 2)
    column, row = min(int(u * SQUARES), SQUARES - 1), min(int(v * SQUARES), SQUARES - 1)
    s, t = u * SQUARES - column, v * SQUARES - row
    north = lattice[row, column] * (1 - s) + lattice[row, column + 1] * s
    south = lattice[row + 1, column] * (1 - s) + lattice[row + 1, column + 1] * s
    return north * (1 - t) + south * t


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(WARPS)),
    st.integers(7, 18),
    st.floats(98, 122),
    st.floats(22, 44),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_the_mesh_is_right_to_a_fifth_of_a_pixel(
    which: tuple[str, str], z: int, lon: float, lat: float, u: float, v: float
) -> None:
    x, y = tile_at(z, lon, lat)
    warp = WARPS[which]
    exact = warp.grid(SHIFTS[which](_place_in(z, x, y, u, v)), z + warp.deeper)[0]
    assert np.abs(between(warp.places(z, x, y), u, v) - exact).max() < 0.2


def _place_in(z: int, x: int, y: int, u: float, v: float) -> Any:
    return unmercator(np.array([((x + u) * TILE_PX, (y + v) * TILE_PX)]), z)


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_a_tile_comes_from_four_tiles_and_seldom_from_more(datum: str) -> None:
    warp = WARPS[datum, "mercator"]
    counts = [len(list(tiles_under(warp.places(ZOOM, X + n % 20, Y + n // 20)))) for n in range(200)]
    assert sum(count <= 4 for count in counts) >= 195
    assert max(counts) <= 9


def test_baidus_plane_is_where_baidu_has_it() -> None:
    # Baidu's own example: 116.404, 39.915 in BD-09 lies at 12958175, 4825923.77 in its metres.
    assert baidu(np.array([(116.404, 39.915)]), 18)[0] == pytest.approx((12958175.0, -4825923.77), abs=1.0)


@pytest.mark.parametrize("which", sorted(WARPS))
@pytest.mark.parametrize("z", [12, 16])
async def test_what_stands_at_a_place_is_drawn_at_that_place(which: tuple[str, str], z: int) -> None:
    """A source with a white dot at one place of its own datum: the dot comes out where the place is in WGS 84."""
    warp: Warp = WARPS[which]
    x, y = tile_at(z)
    centre = _place_in(z, x, y, 0.47, 0.61)
    dot = warp.grid(SHIFTS[which](centre), z + warp.deeper)[0]

    async def fetch(_: int, column: int, row: int) -> bytes:
        rows, columns = np.mgrid[0:TILE_PX, 0:TILE_PX] + 0.5
        away = np.hypot(columns + column * TILE_PX - dot[0], rows + row * TILE_PX - dot[1])
        out = io.BytesIO()
        Image.fromarray((255 * np.exp(-((away / 4) ** 2))).astype(np.uint8)).save(out, "PNG")
        return out.getvalue()

    data = await warp.tile(fetch, z, x, y)
    assert data is not None
    light = np.asarray(Image.open(io.BytesIO(data)).convert("L"), dtype=float)
    light[light < 40] = 0
    rows, columns = np.mgrid[0:TILE_PX, 0:TILE_PX] + 0.5
    found = ((columns * light).sum() / light.sum(), (rows * light).sum() / light.sum())
    assert found == pytest.approx((0.47 * TILE_PX, 0.61 * TILE_PX), abs=0.25)


async def test_where_a_source_has_nothing_a_shifted_tile_is_nothing_and_where_it_has_half_it_is_clear() -> (
    None
):
    warp = WARPS["gcj02", "mercator"]

    async def nothing(*_: int) -> None:
        return None

    assert await warp.tile(nothing, ZOOM, X, Y) is None
    under = list(tiles_under(warp.places(ZOOM, X, Y)))

    async def one(_: int, column: int, row: int) -> bytes | None:
        return image() if (column, row) == under[0] else None

    data = await warp.tile(one, ZOOM, X, Y)
    assert data is not None
    assert Image.open(io.BytesIO(data)).getchannel("A").getextrema() == (0, 255)


# ------------------------------------------------------------------------------------------------------ services
SERVICE = {
    "id": "s",
    "name": "甲",
    "kind": "xyz",
    "datum": "wgs84",
    "url": "https://maps.example/{z}/{x}/{y}.png?k={key}",
}
KEY = "abcdef0123456789"


def service(tmp_path: Path, answer: Callable[[httpx.Request], httpx.Response], **more: Any) -> RemoteSource:
    told = BaseMap.model_validate({**SERVICE, "key": KEY, "max_zoom": 16, **more})
    return RemoteSource(told, tmp_path, httpx.MockTransport(answer))


async def test_a_tile_of_a_service_is_asked_for_once_and_then_kept_on_disk(tmp_path: Path) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, content=image())

    for _ in range(2):
        source = service(tmp_path, answer)
        assert await source.tile(3, 6, 3) == image()
        await source.close()
    assert asked == [f"https://maps.example/3/6/3.png?k={KEY}"]


@pytest.mark.parametrize(
    "answer, code",
    [
        (httpx.Response(302, headers={"location": "https://elsewhere.example/"}), "basemap_refused"),
        (httpx.Response(403, text=f"bad key {KEY}"), "basemap_refused"),
        (httpx.Response(200, content=b"\x89PNG\r\n\x1a\n" + bytes(3 << 20)), "basemap_refused"),
        (httpx.Response(200, content=b""), "broken_tile"),
        (httpx.Response(200, text="<ServiceException/>"), "broken_tile"),
    ],
)
async def test_what_a_service_does_wrong_is_told_without_its_key(
    answer: httpx.Response, code: str, tmp_path: Path
) -> None:
    source = service(tmp_path, lambda request: answer)
    with pytest.raises(Unavailable) as told:
        await source.tile(3, 6, 3)
    assert told.value.code == code
    assert KEY not in told.value.detail
    assert source._disk.get(3, 6, 3) is None
    await source.close()


async def test_a_service_that_is_away_is_not_asked_again_at_once_and_old_tiles_do_meanwhile(
    tmp_path: Path,
) -> None:
    asked = []
    up = True

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url)
        if not up:
            raise httpx.ConnectError(f"no way to {request.url}")
        return httpx.Response(200, content=image())

    source = service(tmp_path, answer)
    await source.tile(3, 6, 3)
    source._disk.keep_s = -1.0  # everything is old now
    up = False
    assert await source.tile(3, 6, 3) == image()
    for y in range(4):
        with pytest.raises(Unavailable) as told:
            await source.tile(3, 5, y)
        assert told.value.code == "basemap_offline"
        assert told.value.__cause__ is None
        assert KEY not in told.value.detail
    assert len(asked) == 2
    await source.close()


async def test_a_service_that_hangs_keeps_nobody_for_long(tmp_path: Path) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow", request=request)

    source = service(tmp_path, answer)
    with pytest.raises(Unavailable):
        await source.tile(3, 6, 3)
    await source.close()


def test_addresses_are_those_of_the_service(tmp_path: Path) -> None:
    def address(**more: Any) -> str:
        return RemoteSource(BaseMap.model_validate({**SERVICE, **more}), tmp_path).address(3, 6, 2)

    assert (
        address(url="https://t{s}.x.example/{z}/{x}/{y}", subdomains=["0", "1", "2"])
        == "https://t2.x.example/3/6/2"
    )
    assert address(url="https://x.example/{z}/{x}/{y}", rows="from_south").endswith("/3/6/5")
    assert address(url="https://x.example/{z}/{x}/{-y}").endswith("/3/6/5")
    assert address(url="https://x.example/?x={x}&y={y}&z={z}", datum="bd09", grid="baidu").endswith(
        "?x=6&y=-3&z=3"
    )
    wmts = {"kind": "wmts", "url": "https://t0.x.example/img_w/wmts", "layer": "img", "matrix_set": "w"}
    asked = httpx.URL(address(**wmts, format="tiles", key=KEY)).params
    assert (asked["LAYER"], asked["TILEMATRIX"], asked["TILEROW"], asked["TILECOL"], asked["tk"]) == (
        "img",
        "3",
        "2",
        "6",
        KEY,
    )


def test_the_disk_stays_within_its_bound_and_drops_the_oldest(tmp_path: Path) -> None:
    cache = DiskCache(tmp_path, 10_000, 60.0)
    for n in range(30):
        cache.put(9, n, 0, bytes(1000))
    kept = [n for n in range(30) if cache.get(9, n, 0)]
    assert 1000 * len(kept) <= 10_000
    assert kept[-1] == 29
    cache.put(9, 99, 0, bytes(20_000))
    assert cache.get(9, 99, 0) is None


# ----------------------------------------------------------------------------------------------- the operator's file
@pytest.mark.parametrize(
    "text, why",
    [
        ("[[basemap", "not TOML"),
        ("[[basemap]]\nid = '../x'\nname='a'\nkind='mbtiles'\ndatum='wgs84'\nfile='a'", "basemap.0.id"),
        ("[[basemap]]\nid='a'\nname='a'\nkind='mbtiles'\nfile='a'", "datum"),
        ("[[basemap]]\nid='a'\nname='a'\nkind='mbtiles'\ndatum='wgs84'", "needs `file`"),
        ("[[basemap]]\nid='a'\nname='a'\nkind='xyz'\ndatum='wgs84'\nurl='file:///etc/passwd'", "http"),
        (
            "[[basemap]]\nid='a'\nname='a'\nkind='xyz'\ndatum='wgs84'\nurl='https://{key}.x/{z}/{x}/{y}'",
            "host",
        ),
        ("[[basemap]]\nid='a'\nname='a'\nkind='xyz'\ndatum='wgs84'\nurl='https://x/{z}/{x}/{q}'", "{q}"),
        ("[[basemap]]\nid='a'\nname='a'\nkind='wmts'\ndatum='wgs84'\nurl='https://x/'", "matrix_set"),
        (
            "[[basemap]]\nid='a'\nname='a'\nkind='xyz'\ndatum='gcj02'\ngrid='baidu'\nurl='https://x/{z}/{x}/{y}'",
            "Baidu",
        ),
        ("[[basemap]]\nid='a'\nname='a'\nkind='mbtiles'\ndatum='wgs84'\nfile='a'\ncolour='b'", "colour"),
    ],
)
def test_a_file_with_a_fault_is_refused_with_its_place(text: str, why: str, tmp_path: Path) -> None:
    path = tmp_path / "basemaps.toml"
    path.write_text(text)
    with pytest.raises(InvalidInput) as told:
        read_basemaps(path)
    assert told.value.code == "bad_basemaps"
    assert why in told.value.detail


def test_a_wrong_key_is_not_repeated_and_a_missing_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "basemaps.toml"
    path.write_text(
        f"[[basemap]]\nid='a'\nname='a'\nkind='xyz'\ndatum='x'\nkey='{KEY}'\nurl='https://x/{{z}}/{{x}}/{{y}}'"
    )
    with pytest.raises(InvalidInput) as told:
        read_basemaps(path)
    assert KEY not in told.value.detail
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_basemaps(tmp_path / "none.toml")


# ------------------------------------------------------------------------------------------------------- over HTTP
@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Two good base maps and a bad one, behind a door that knows its visitor."""
    write_mbtiles(tmp_path / "a.mbtiles", {(ZOOM, X, Y): image(), (ZOOM, X + 1, Y): b""})
    write_mbtiles(
        tmp_path / "b.mbtiles", {(ZOOM, X + dx, Y + dy): image() for dx in (-1, 0, 1) for dy in (-1, 0, 1)}
    )
    (tmp_path / "basemaps.toml").write_text(
        "\n".join(
            f"[[basemap]]\nid='{name}'\nname='底图'\nkind='mbtiles'\ndatum='{datum}'\nfile='{name}.mbtiles'"
            for name, datum in (("a", "wgs84"), ("b", "gcj02"), ("c", "wgs84"))
        )
    )
    app = behind_a_door(api.router)
    app.state.basemaps = BaseMaps(read_basemaps(tmp_path / "basemaps.toml"), tmp_path)
    async with asking(app) as opened:
        yield opened
    await app.state.basemaps.close()


async def test_base_maps_are_listed_with_what_is_wrong_with_them(client: httpx.AsyncClient) -> None:
    told = {one["id"]: one for one in (await client.get("/api/basemaps")).json()["basemaps"]}
    assert list(told) == ["a", "b", "c"]
    assert (told["a"]["min_zoom"], told["a"]["max_zoom"], told["a"]["problem"]) == (ZOOM, ZOOM, "")
    assert "cannot be read" in told["c"]["problem"] or "no MBTiles" in told["c"]["problem"]
    assert not any("file" in one or "url" in one or "key" in one for one in told.values())


async def test_a_tile_has_its_kind_and_a_tag_and_is_not_sent_twice(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"/api/basemaps/a/{ZOOM}/{X}/{Y}")
    assert (answer.status_code, answer.headers["content-type"], answer.content) == (200, "image/png", image())
    again = await client.get(
        f"/api/basemaps/a/{ZOOM}/{X}/{Y}", headers={"If-None-Match": answer.headers["etag"]}
    )
    assert again.status_code == 304
    assert (await client.get(f"/api/basemaps/a/{ZOOM}/{X + 5}/{Y}")).status_code == 204
    shifted = await client.get(f"/api/basemaps/b/{ZOOM}/{X}/{Y}")
    assert (shifted.status_code, shifted.headers["content-type"]) == (200, "image/jpeg")


@pytest.mark.parametrize(
    "path, status, code",
    [
        (f"a/{ZOOM}/{X + 1}/{Y}", 503, "broken_tile"),
        (f"a/{ZOOM + 1}/0/0", 404, "tile_outside"),
        (f"a/{ZOOM}/{1 << ZOOM}/0", 404, "tile_outside"),
        (f"a/{ZOOM}/-1/0", 404, "tile_outside"),
        ("a/99999999999999999999/0/0", 404, "tile_outside"),
        (f"a/{ZOOM}/1e3/0", 422, "invalid_input"),
        (f"a/{ZOOM}/0/..%2f..%2fetc", 404, "not_found"),
        (f"none/{ZOOM}/0/0", 404, "unknown_basemap"),
        (f"..%2fa/{ZOOM}/0/0", 404, "not_found"),
        (f"c/{ZOOM}/0/0", 503, "basemap_unavailable"),
    ],
)
async def test_every_wrong_question_gets_its_own_answer(
    client: httpx.AsyncClient, path: str, status: int, code: str
) -> None:
    answer = await client.get(f"/api/basemaps/{path}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
