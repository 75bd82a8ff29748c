"""Which column of a file fills which of ours: guessed from its title and its values, or said by the operator."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from layers.importers.faults import BadFile
from layers.importers.said import name_of, names_of
from layers.importers.sheet import Sheet
from layers.importers.targets import PLACE_FIELDS, Field, Target
from layers.importers.values import BadValue

SAMPLE = 200
# An exact title counts most, the earlier in its list the more; part of a title less; fitting values alone least.
EXACT, PARTIAL, VALUES_ALONE = 100.0, 30.0, 12.0
# A column that is not required is only taken where so many of its values can be read.
FITS = 0.5
# A code without a title is recognised by its values; nothing else is.
TELLING = ("code",)


@dataclass(frozen=True, slots=True)
class Mapped:
    """One of our columns and the file's column that fills it, None where none does; `by` says who decided."""

    field: str
    column: str | None
    by: str
    sample: str = ""


def mapped(target: Target, sheet: Sheet, given: Mapping[str, str]) -> dict[str, Mapped]:
    """Decide for every column of the target. Raises BadFile: bad_mapping, missing_column."""
    fields = [*target.fields, *(target.places if sheet.geometry is None else ())]
    _check_given(target, sheet, fields, given)
    chosen = {
        name: Mapped(name, column or None, "given", _sample(sheet, column)) for name, column in given.items()
    }
    left = [column for column in sheet.columns if column not in given.values()]
    scores = [
        (score, -order, one, column)
        for order, one in enumerate(fields)
        if one.name not in chosen
        for column in left
        if (score := _score(one, column, sheet.columns[column]))
    ]
    taken: set[str] = set()
    for _, _, one, column in sorted(scores, key=lambda found: found[:2], reverse=True):
        if one.name not in chosen and column not in taken:
            chosen[one.name] = Mapped(one.name, column, "guessed", _sample(sheet, column))
            taken.add(column)
    found = {one.name: chosen.get(one.name, Mapped(one.name, None, "absent")) for one in fields}
    _check_required(target, sheet, found)
    return found


def _check_given(target: Target, sheet: Sheet, fields: Sequence[Field], given: Mapping[str, str]) -> None:
    names = [one.name for one in fields]
    for name, column in given.items():
        if name not in names:
            raise BadFile("bad_mapping.field", layer=name_of("layer", target.name), field=name, there=names)
        if column and column not in sheet.columns:
            raise BadFile("bad_mapping.column", file=sheet.name, column=column, there=_listed(sheet))


def _check_required(target: Target, sheet: Sheet, found: Mapping[str, Mapped]) -> None:
    missing = [one.name for one in target.fields if one.required and found[one.name].column is None]
    if (
        target.geometry
        and sheet.geometry is None
        and not found["wkt"].column
        and not (found["lon"].column and found["lat"].column)
    ):
        missing += ["lon", "lat"]
    if missing:
        raise BadFile(
            "missing_column",
            file=sheet.name,
            missing=names_of("field", missing),
            layer=name_of("layer", target.name),
            there=_listed(sheet),
            first=missing[0],
        )


def _listed(sheet: Sheet) -> list[str]:
    return list(sheet.columns) or ["—"]


def _plain(title: str) -> str:
    return re.sub(r"[\s_\-.()（）:：]", "", title).lower()


def _score(field: Field, column: str, cells: Sequence[Any]) -> float:
    title = _plain(column)
    titles = [_plain(one) for one in field.titles.split()]
    fits = _fitting(field, cells)
    if title in titles:
        if not field.required and fits < FITS and field not in PLACE_FIELDS:
            return 0.0
        return (EXACT - titles.index(title)) * (0.2 + fits)
    partial = any(len(one) > 1 and not one.isascii() and one in title for one in titles)
    if partial and fits >= FITS:
        return PARTIAL * fits
    return (
        VALUES_ALONE if field.name in TELLING and field.required and fits > 0.95 and _unique(cells) else 0.0
    )


def _fitting(field: Field, cells: Sequence[Any]) -> float:
    some = [cell for cell in cells if cell is not None][:SAMPLE]
    good = 0
    for cell in some:
        try:
            field.read(cell)
            good += 1
        except BadValue:
            continue
    return good / len(some) if some else 0.0


def _unique(cells: Sequence[Any]) -> bool:
    some = [str(cell) for cell in cells[:SAMPLE]]
    return len(set(some)) == len(some)


def _sample(sheet: Sheet, column: str) -> str:
    values = (str(value) for value in sheet.columns.get(column, ()) if value is not None)
    return next(values, "")[:40]
