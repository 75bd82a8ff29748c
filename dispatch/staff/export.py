"""Desks and people back into tables, as an import takes them in again unchanged: to be mended and given back."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from dispatch.rules.seats import LEVELS_OF_ROLE
from dispatch.staff.picture import Picture, Record, read_picture
from dispatch.staff.sheets import SHEETS
from gis.errors import InvalidInput
from layers.importers.said import refusal
from layers.importers.writing import SYSTEM_SETTINGS


def export_staff(url: str, name: str, path: Path) -> int:
    """Write the table of desks or of people; returns how many rows it has. Raises InvalidInput."""
    if path.suffix.lower() != ".csv":
        raise refusal(InvalidInput, "unknown_format.export", file=path.name, taken=".csv")
    if not path.resolve().parent.is_dir():
        raise refusal(InvalidInput, "no_folder", folder=path.parent)
    with psycopg.connect(url) as connection:
        connection.read_only = True
        connection.execute(SYSTEM_SETTINGS)
        picture = read_picture(connection)
    rows = list(_desks(picture) if name == "desk" else _people(picture))
    # With the mark by which Excel knows UTF-8.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, [one.name for one in SHEETS[name].fields])
        writer.writeheader()
        writer.writerows({key: _cell(value) for key, value in row.items()} for row in rows)
    return len(rows)


def _cell(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else value


def _desks(picture: Picture) -> Iterator[Record]:
    told = ("name", "telephone", "leader_name", "leader_telephone", "presence", "around_the_clock")
    for key, desk in sorted(picture.desks.items()):
        area, _, department = key.partition("/")
        row = {name: desk[name] for name in told}
        yield {"code": department or area, "area": area if department else None, **row}


def _people(picture: Picture) -> Iterator[Record]:
    """Everybody who can log in, with the unit that he is; then the units that nobody logs in as."""
    manned = set()
    for _, one in sorted(picture.accounts.items()):
        if one["demonstration"] or one["disabled_at"] is not None or one["role"] not in LEVELS_OF_ROLE:
            continue
        unit = picture.units.get(one["unit_id"] or "")
        manned.add(one["unit_id"])
        yield {
            "username": one["username"],
            "name": one["display_name"],
            "role": one["role"],
            "area": one["area"],
            "department": one["desk"].partition("/")[2] or None,
            **_unit(unit),
        }
    for key, unit in sorted(picture.units.items()):
        if key not in manned:
            department = unit["desk"].partition("/")[2] or None
            yield {
                "name": unit["name"],
                "role": "none",
                "area": unit["area_code"],
                "department": department,
                **_unit(unit),
            }


def _unit(unit: Record | None) -> Record:
    if unit is None:
        return {"unit": "none"}
    return {"unit": unit["kind"], "unit_name": unit["name"], "telephone": unit["phone"]}
