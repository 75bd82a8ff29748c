"""From a sheet to rows of a layer: columns mapped, places brought to WGS 84, cells read; every fault by its row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from gis.errors import InvalidInput
from gis.systems import UNSHIFTED_M, CoordinateSystem, described_system
from layers.importers.county import Row, natural_key
from layers.importers.faults import BadFile, Reporter
from layers.importers.mapping import Mapped, mapped
from layers.importers.said import Said, name_of
from layers.importers.shapes import chosen_system, from_columns, made_fit
from layers.importers.sheet import Sheet
from layers.importers.targets import PLACE_FIELDS, Field, Target
from layers.importers.values import OWN_NUMBER, BadValue

# Of what stands in a code's cell, so much is repeated in a report.
LONGEST_CODE = 64


@dataclass(slots=True)
class Options:
    """What the operator said about one import; distances in metres."""

    crs: CoordinateSystem | None = None
    accept_shift: bool = False
    trust_crs: bool = False
    maps: Mapping[str, str] = field(default_factory=dict)
    replace: bool = False
    tolerance_m: float = 10.0
    snap_m: float = 3.0
    crossings: bool = True
    retire: bool = False


@dataclass(slots=True)
class Prepared:
    """A layer's rows as the file has them. `given` are the columns that it fills; `coded` whether one is the code."""

    target: Target
    rows: list[Row]
    given: frozenset[str]
    coded: bool
    mapping: dict[str, Mapped]
    system: CoordinateSystem
    sheet: Sheet


def prepared(target: Target, sheet: Sheet, options: Options, say: Reporter) -> Prepared:
    """Make rows of a sheet. Raises BadFile where the whole sheet cannot be taken."""
    if not len(sheet):
        raise BadFile("empty_layer", file=sheet.name)
    names = {one.name for one in (*target.fields, *PLACE_FIELDS)}
    mapping = mapped(target, sheet, {name: one for name, one in options.maps.items() if name in names})
    if mapping["code"].column is not None:
        cells = zip(sheet.rows, sheet.columns[mapping["code"].column], strict=True)
        say.codes = {row: str(cell)[:LONGEST_CODE] for row, cell in cells if cell is not None}
    described = None if sheet.crs is None else described_system(sheet.crs)
    system = chosen_system(sheet, options.crs, None if options.crs else described)
    geometry, wrong = sheet.geometry, frozenset[int]()
    if geometry is None:
        geometry, wrong = from_columns(
            sheet, {one.name: mapping[one.name].column for one in PLACE_FIELDS}, say
        )
    if options.crs is not None and sheet.crs is not None:
        _tell_of_both(options.crs, sheet.crs, say)
    for note in sheet.notes:
        say.note(note)
    _weigh_shift(system, geometry, options, say)
    shaped = made_fit(geometry, sheet.rows, target.geometry, system, say, wrong)
    rows = _rows(target, sheet, mapping, shaped.geometry, shaped.good, say)
    given = frozenset(one.name for one in target.fields if mapping[one.name].column is not None)
    coded = mapping["code"].column is not None
    unique = _without_doubles(rows, say)
    return Prepared(target, unique, given, coded, mapping, system, sheet)


def _tell_of_both(named: CoordinateSystem, in_file: str, say: Reporter) -> None:
    """The operator's word counts; where the file says another thing, he should know."""
    try:
        own = described_system(in_file)
    except InvalidInput:
        return
    if own.name != named.name:
        say.note(Said("crs_overruled", own=own.title, named=named.title))


def _weigh_shift(system: CoordinateSystem, geometry: Any, options: Options, say: Reporter) -> None:
    corners = shapely.get_coordinates(geometry)
    corners = corners[np.isfinite(corners).all(axis=1)]
    if not len(corners):
        return
    shift = system.shift(corners)
    if shift.exact:
        return
    unknown = shift.accuracy_m is None
    places = {"system": system.title, "accuracy": UNSHIFTED_M if unknown else shift.accuracy_m}
    if options.accept_shift:
        say.note(Said("shift_accepted", **places))
        return
    raise BadFile("shift_unsure.unknown" if unknown else "shift_unsure", **places)


def _rows(
    target: Target,
    sheet: Sheet,
    mapping: Mapping[str, Mapped],
    geometry: Any,
    good: Any,
    say: Reporter,
) -> list[Row]:
    rows: list[Row] = []
    for at, number in enumerate(sheet.rows):
        values, fine = values_of(target, sheet, mapping, at, say)
        if not (fine and good[at]):
            continue
        parts = shapely.get_parts(geometry[at]) if target.geometry == "LineString" else [geometry[at]]
        for part_number, part in enumerate(parts, start=1):
            code = values.get("code")
            if code is not None and len(parts) > 1:
                code = f"{code}/{part_number}"
            key = str(code) if code is not None else natural_key(values, part)
            own = {**values, "code": code}
            rows.append(Row(key, own, part, _own_id(code), number))
    return rows


def _own_id(code: Any) -> int | None:
    """`#17` is the wall's own number for a thing that has no code."""
    return int(code[1:]) if isinstance(code, str) and OWN_NUMBER.fullmatch(code) else None


def values_of(
    target: Target, sheet: Sheet, mapping: Mapping[str, Mapped], at: int, say: Reporter
) -> tuple[dict[str, Any], bool]:
    """Read the cells of one row, and say whether all could be taken; what is wrong has been told."""
    number = sheet.rows[at]
    values: dict[str, Any] = {}
    key, fine = None, True
    for one in target.fields:
        column = mapping[one.name].column
        cell = None if column is None else sheet.columns[column][at]
        try:
            values[one.name] = _read(one, column, cell)
        except BadValue as error:
            say.error(error.said.about(field=name_of("field", one.name)), row=number, key=key)
            fine = False
            continue
        if one.name == "code" and values["code"] is not None:
            key = str(values["code"])
    return values, fine


def _read(one: Field, column: str | None, cell: Any) -> Any:
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        if one.required:
            raise BadValue("missing_value", column=column)
        return one.default
    return one.read(cell)


def _without_doubles(rows: list[Row], say: Reporter) -> list[Row]:
    """Of rows with the same key the first; the others are named."""
    first: dict[str, Row] = {}
    for row in rows:
        if row.key in first:
            other = first[row.key].number
            said = Said("duplicate_code" if row.values.get("code") else "duplicate_code.place", other=other)
            say.error(said, row=row.number, key=row.key, where=row.geometry)
            continue
        first[row.key] = row
    return list(first.values())
