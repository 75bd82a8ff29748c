"""Reading KML by ourselves: placemarks and their data, nothing that a file links to, no entity that it declares."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

import shapely

from gis.geometry import as_geometries
from layers.importers.faults import BadFile
from layers.importers.said import Said
from layers.importers.sheet import Sheet

BLOCK = 1 << 20
LINKS = ("NetworkLink", "NetworkLinkControl")
# What sits in every placemark and says nothing about the thing.
DRESS = (
    "styleUrl",
    "Style",
    "visibility",
    "open",
    "LookAt",
    "Camera",
    "TimeStamp",
    "TimeSpan",
    "Region",
    "snippet",
)


class _NoDoctype(TreeBuilder):
    """Refuses a document type before any entity of it could be expanded."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise BadFile("xml_entities")


def read_kml(path: Path) -> Sheet:
    """Read all placemarks. Raises BadFile: xml_entities, network_link, unreadable, empty_layer."""
    root = _parsed(path)
    notes: list[Said] = []
    if any(_tag(element) in LINKS for element in root.iter()):
        raise BadFile("network_link", file=path.name)
    marks = [element for element in root.iter() if _tag(element) == "Placemark"]
    if not marks:
        raise BadFile("empty_layer.placemarks", file=path.name)
    records = [_record(mark) for mark in marks]
    names = dict.fromkeys(name for record in records for name in record)
    columns = {name: [record.get(name) for record in records] for name in names}
    geometry = as_geometries([_geometry(path, mark, notes) for mark in marks])
    rows = list(range(1, len(marks) + 1))
    return Sheet(path.stem, columns, geometry, rows, "EPSG:4326", "UTF-8", list(dict.fromkeys(notes)))


def _parsed(path: Path) -> Element:
    parser = XMLParser(target=_NoDoctype())
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                parser.feed(block)
        root: Element = parser.close()
    except (ParseError, ValueError, LookupError) as error:
        raise BadFile("unreadable.kml", file=path.name, why=error) from None
    return root


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _children(element: Element, name: str) -> Iterator[Element]:
    return (child for child in element if _tag(child) == name)


def _record(mark: Element) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for child in mark:
        tag = _tag(child)
        if tag == "ExtendedData":
            record |= _extended(child)
        elif not len(child) and tag not in DRESS and (child.text or "").strip():
            record[tag] = (child.text or "").strip()
    return record


def _extended(data: Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for element in data.iter():
        if _tag(element) == "Data":
            value = next(_children(element, "value"), None)
            found[element.get("name", "")] = None if value is None else (value.text or "").strip()
        elif _tag(element) == "SimpleData":
            found[element.get("name", "")] = (element.text or "").strip()
    return {name: value or None for name, value in found.items() if name}


def _geometry(path: Path, mark: Element, notes: list[Said]) -> Any:
    try:
        parts = [_simple(element, notes) for element in mark.iter() if _tag(element) in ("Point", "Polygon")]
        parts += [_simple(line, notes) for line in mark.iter() if _tag(line) == "LineString"]
        if not parts:
            return None
        return parts[0] if len(parts) == 1 else _together(parts)
    except (ValueError, shapely.errors.GEOSException) as error:
        raise BadFile("unreadable.coordinates", file=path.name, why=error) from None


def _together(parts: list[Any]) -> Any:
    kinds = {part.geom_type for part in parts}
    if kinds == {"Polygon"}:
        return shapely.MultiPolygon(parts)
    if kinds == {"LineString"}:
        return shapely.MultiLineString(parts)
    return shapely.MultiPoint(parts) if kinds == {"Point"} else shapely.GeometryCollection(parts)


def _simple(element: Element, notes: list[Said]) -> Any:
    if _tag(element) == "Polygon":
        outer = [ring for edge in _children(element, "outerBoundaryIs") for ring in _places_in(edge, notes)]
        inner = [ring for edge in _children(element, "innerBoundaryIs") for ring in _places_in(edge, notes)]
        return shapely.Polygon(outer[0], inner) if outer else None
    places = next(iter(_places_in(element, notes)), [])
    return shapely.Point(places[0]) if _tag(element) == "Point" else shapely.LineString(places)


def _places_in(element: Element, notes: list[Said]) -> Iterator[list[tuple[float, float]]]:
    for found in element.iter():
        if _tag(found) == "coordinates":
            places = []
            for text in (found.text or "").split():
                numbers = [float(number) for number in text.split(",")]
                if len(numbers) < 2:
                    raise ValueError(f"{text!r} is no longitude,latitude")
                if len(numbers) > 2 and numbers[2]:
                    notes.append(Said("about_the_file.heights_kml"))
                places.append((numbers[0], numbers[1]))
            yield places
