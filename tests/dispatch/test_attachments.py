"""Files of cases: what is taken in and what is not, what a photo loses, who may look, and that nothing is lost."""

import io
import json
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from PIL import ExifTags, Image
from sqlalchemy import text

from dispatch.actions.accounts import create_token
from dispatch.actions.attachments import sweep_attachments
from dispatch.attachments.folder import Folder
from dispatch.attachments.kinds import Kind, sort_of
from dispatch.attachments.photos import MOST_PIXELS, clean_photo
from gis.actor import SYSTEM, Role
from gis.clock import now
from gis.cluster import ClusterUrls
from gis.errors import InvalidInput, Unsupported
from gis.settings import Settings
from tests.dispatch.entrances import browser
from tests.dispatch.small_county import COUNTY, EAST, WEST, load_small_county
from wall_ui.application import create_app

PLACE = (107.355556, 35.334722)
ODT = b"PK\x03\x04" + b"\0" * 40


def a_photo(size: tuple[int, int] = (640, 480), kind: str = "JPEG") -> bytes:
    """Return a photo that was taken lying on its side, at a place, by a camera with a name."""
    out = io.BytesIO()
    notes = Image.Exif()
    notes[ExifTags.Base.Orientation] = 6
    notes[ExifTags.Base.Make] = "Geheim-Phone"
    gps = notes.get_ifd(ExifTags.IFD.GPSInfo)
    gps.update({1: "N", 2: (35.0, 20.0, 5.0), 3: "E", 4: (107.0, 21.0, 20.0)})
    notes[ExifTags.IFD.GPSInfo] = gps
    Image.new("RGB", size, "green").save(out, kind, exif=notes)
    return out.getvalue()


def written(folder: Path, data: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(data)
    return path


def an_office_file(inside: str, *more: str) -> bytes:
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name in ("[Content_Types].xml", inside, *more):
            package.writestr(name, "<x/>")
    return out.getvalue()


@pytest.mark.parametrize(
    "data,kind",
    [
        (a_photo(), Kind.PHOTO),
        (a_photo(kind="PNG"), Kind.PHOTO),
        (a_photo(kind="WEBP"), Kind.PHOTO),
        (b"%PDF-1.7\n1 0 obj", Kind.DOCUMENT),
        (an_office_file("word/document.xml"), Kind.DOCUMENT),
        (an_office_file("xl/workbook.xml"), Kind.DOCUMENT),
        (b"ID3\x04" + b"\0" * 60, Kind.AUDIO),
        (b"\0\0\0\x20ftypM4A \0\0\0\0" + b"\0" * 60, Kind.AUDIO),
        (b"RIFF\0\0\0\0WAVEfmt " + b"\0" * 60, Kind.AUDIO),
        (b"OggS\0\x02" + b"\0" * 60, Kind.AUDIO),
    ],
)
def test_a_file_is_what_is_in_it(tmp_path: Path, data: bytes, kind: Kind) -> None:
    assert sort_of(written(tmp_path, data)).kind is kind


@pytest.mark.parametrize(
    "data",
    [
        b"<!DOCTYPE html><html><script>alert(1)</script></html>",
        b"   <html>",
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b'<?xml version="1.0"?><svg/>',
        b"GIF89a<script>",
        b"MZ\x90\0" + b"\0" * 80,
        b"\x7fELF" + b"\0" * 80,
        an_office_file("word/document.xml", "word/vbaProject.bin"),
        an_office_file("evil.exe"),
        ODT,
        b"plain words",
        b"\0" * 500,
    ],
)
def test_what_is_no_kind_of_ours_is_refused_whatever_it_is_called(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(Unsupported):
        sort_of(written(tmp_path, data))


def test_a_photo_is_drawn_upright_and_tells_no_more_where_and_with_what_it_was_taken(tmp_path: Path) -> None:
    photo = clean_photo(written(tmp_path, a_photo((640, 480))))
    assert photo.place == pytest.approx(PLACE, abs=1e-5)
    assert (photo.width, photo.height) == (480, 640)
    for data in (photo.data, photo.thumbnail):
        served = Image.open(io.BytesIO(data))
        assert not served.getexif()
        assert b"Geheim" not in data
        assert b"Exif" not in data
    assert max(Image.open(io.BytesIO(photo.thumbnail)).size) <= 360


@pytest.mark.parametrize(
    "gps", [{4: (999.0, 0.0, 0.0)}, {2: ("x", "y", "z")}, {2: (0.0, 0.0, 0.0), 4: (0.0, 0.0, 0.0)}]
)
def test_a_place_that_makes_no_sense_is_no_place(tmp_path: Path, gps: dict[int, Any]) -> None:
    try:
        data = a_photo()
        notes = Image.open(io.BytesIO(data)).getexif()
        notes.get_ifd(ExifTags.IFD.GPSInfo).update(gps)
        out = io.BytesIO()
        Image.new("RGB", (10, 10)).save(out, "JPEG", exif=notes)
    except (ValueError, TypeError):
        return  # Pillow itself will not write it
    assert clean_photo(written(tmp_path, out.getvalue())).place is None


def test_a_photo_that_unfolds_to_too_much_is_refused(tmp_path: Path) -> None:
    out = io.BytesIO()
    side = int(MOST_PIXELS**0.5) + 300
    Image.new("1", (side, side)).save(out, "PNG")
    assert len(out.getvalue()) < 100_000
    with pytest.raises(InvalidInput, match="pixels"):
        clean_photo(written(tmp_path, out.getvalue()))


@pytest.mark.parametrize("cut", [20, 300, 900])
def test_a_photo_that_broke_off_is_refused_and_not_a_fault(tmp_path: Path, cut: int) -> None:
    with pytest.raises(InvalidInput):
        clean_photo(written(tmp_path, a_photo((2000, 2000))[:cut]))


@pytest.fixture
async def app(urls: ClusterUrls, tmp_path: Path) -> AsyncIterator[FastAPI]:
    load_small_county(urls.owner)
    built = create_app(
        Settings(wall_var=tmp_path, wall_photo_mb=1, wall_audio_mb=1, wall_document_mb=2), urls.app
    )
    async with built.router.lifespan_context(built):
        yield built


async def way_in(app: FastAPI, role: Role, area: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {await create_token(app.state.db, role, area, 'someone', now())}"}


async def a_case(client: httpx.AsyncClient) -> str:
    body = {"text": "墙裂了", "category": "safety_hazard", "area_code": f"{WEST}201001"}
    return str((await client.post("/api/cases", json=body)).json()["case"]["id"])


async def test_a_photo_is_kept_shown_and_told_to_the_log_by_its_hash(app: FastAPI, tmp_path: Path) -> None:
    async with browser(app, **await way_in(app, Role.DUTY_OFFICER, WEST)) as client:
        at = f"/api/cases/{await a_case(client)}/attachments"
        added = await client.post(at, params={"name": "../../墙 裂缝.html"}, content=a_photo())
        again = await client.post(at, params={"name": "second.jpg"}, content=a_photo())
        listed = (await client.get(at)).json()["attachments"]
        one = listed[0]
        served = await client.get(f"{at}/{one['id']}")
        small = await client.get(f"{at}/{one['id']}/small")
        sheet = (await client.get(at.removesuffix("/attachments"))).json()
    assert added.status_code == again.status_code == 201
    assert added.json() == again.json() == {"attachment": one}
    assert len(listed) == 1
    assert (one["name"], one["kind"], one["place"]) == (
        "墙 裂缝.html",
        "photo",
        pytest.approx(PLACE, abs=1e-5),
    )
    assert sheet["attachments"] == listed
    assert served.headers["content-type"] == small.headers["content-type"] == "image/jpeg"
    assert served.headers["x-content-type-options"] == "nosniff"
    assert served.headers["cache-control"] == "private, no-store"
    assert "sandbox" in served.headers["content-security-policy"]
    assert served.headers["content-disposition"].startswith("inline; filename*=UTF-8''%E5")
    assert not Image.open(io.BytesIO(served.content)).getexif()
    assert (tmp_path / "attachments" / one["sha256"][:2] / one["sha256"]).read_bytes() == served.content
    async with app.state.db.read(SYSTEM) as tx:
        facts = (
            (await tx.execute(text("select data from log_events where kind = 'case.add_file'")))
            .scalars()
            .all()
        )
        looks = (await tx.execute(text("select what from looks order by id"))).scalars().all()
    assert facts[0]["detail"] == {"attachment": one["id"], "kind": "photo", "sha256": one["sha256"]}
    assert "裂缝" not in json.dumps(facts[0], ensure_ascii=False)
    assert looks == ["attachment", "thumbnail", "sheet"]


async def test_what_is_wrong_with_a_file_is_said_and_nothing_of_it_stays(
    app: FastAPI, tmp_path: Path
) -> None:
    async with browser(app, **await way_in(app, Role.DUTY_OFFICER, WEST)) as client:
        at = f"/api/cases/{await a_case(client)}/attachments"
        for data, status, code in (
            (b"<html><script>alert(1)</script>", 415, "not_a_kind_we_take"),
            (b"", 422, "file_empty"),
            (a_photo()[:400], 422, "photo_unreadable"),
            (b"ID3" + b"\0" * ((1 << 20) + 1), 413, "file_too_large"),
            (b"%PDF-" + b"\0" * (3 << 20), 413, "file_too_large"),
        ):
            refused = await client.post(at, params={"name": "photo.jpg"}, content=data)
            assert (refused.status_code, refused.json()["code"]) == (status, code)
        nameless = await client.post(at, content=a_photo())
        assert nameless.status_code == 422
        assert (await client.get(at)).json() == {"attachments": []}
    assert [path for path in (tmp_path / "attachments").rglob("*") if path.is_file()] == []


async def test_nobody_out_of_sight_finds_a_file_and_who_only_looks_on_does_not_read_it(app: FastAPI) -> None:
    async with browser(app, **await way_in(app, Role.DUTY_OFFICER, WEST)) as client:
        at = f"/api/cases/{await a_case(client)}/attachments"
        one = (await client.post(at, params={"name": "a"}, content=a_photo())).json()["attachment"]
    paths = (at, f"{at}/{one['id']}", f"{at}/{one['id']}/small")
    for role, area, status in (
        (Role.DUTY_OFFICER, EAST, 404),
        (Role.LEADER, COUNTY, 403),
        (Role.KIOSK, COUNTY, 403),
    ):
        async with browser(app, **await way_in(app, role, area)) as client:
            assert [(await client.get(path)).status_code for path in paths] == [status] * 3
            refused = await client.post(at, params={"name": "a"}, content=a_photo((9, 9)))
            assert refused.status_code == (404 if status == 404 else 403 if role is Role.KIOSK else 201)


async def test_files_of_no_row_are_swept_and_others_stay(app: FastAPI, tmp_path: Path) -> None:
    folder: Folder = app.state.attachments
    async with browser(app, **await way_in(app, Role.DUTY_OFFICER, WEST)) as client:
        at = f"/api/cases/{await a_case(client)}/attachments"
        await client.post(at, params={"name": "a"}, content=a_photo())
    orphan = folder.path(folder.keep(b"left by a request that broke off"))
    fresh = folder.path(folder.keep(b"of a request that is under way"))
    (folder.root / "arriving-x").write_bytes(b"half")
    for path in folder.root.rglob("*"):
        if path.is_file() and path != fresh:
            os.utime(path, (time.time() - 100_000,) * 2)
    assert await sweep_attachments(app.state.db, folder, now()) == 2
    assert not orphan.exists()
    assert fresh.exists()
    assert len(list(folder.root.glob("??/*"))) == 3
