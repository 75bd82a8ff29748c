"""The report as one HTML file that carries all it needs: tables, and a drawing of each layer with its faults marked."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import numpy as np
import shapely

from layers.importers.faults import Fault, ordered
from layers.importers.report import LayerReport, Report
from layers.importers.said import LANGUAGES, Language, Said, name_of

WIDTH = 960
MOST_SHAPES = 6_000
# Drawings are simplified to about half a pixel.
HALF_PIXEL = 0.5
COLOURS = {
    "new": "#2f8f4e",
    "changed": "#c07f00",
    "unchanged": "#8a94a6",
    "gone": "#6b7280",
    "fault": "#c62828",
}
# Heads of columns that hold numbers.
NUMBERS = ("what.", "report.row")
CHANGES = ("new", "changed", "unchanged", "gone")
STYLE = """
body{font:15px/1.5 system-ui,"Noto Sans SC","Microsoft YaHei",sans-serif;margin:2rem auto;
max-width:1000px;padding:0 1rem;color:#1c2430;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2.2rem;border-bottom:1px solid #d5dae2}
table{border-collapse:collapse;width:100%;margin:.6rem 0}th,td{text-align:left;padding:.25rem .6rem;
border-bottom:1px solid #e3e7ee;vertical-align:top;overflow-wrap:anywhere}
th{font-weight:600;background:#f5f7fa;white-space:nowrap;overflow-wrap:normal}
.n{text-align:right;font-variant-numeric:tabular-nums}
svg{width:100%;height:auto;border:1px solid #d5dae2;background:#fbfcfe}
#zh:checked~main [lang=en],#en:checked~main [lang=zh]{display:none}input,label{cursor:pointer}
.bad{color:#c62828;font-weight:600}.good{color:#2f8f4e;font-weight:600}.key{white-space:nowrap}
"""


def page_of(report: Report, language: Language = "zh") -> str:
    """Return the whole page in both languages, `language` first; a switch on it, without a script, shows the other.

    Every word that came from a file is escaped; nothing is loaded from anywhere.
    """
    title = Said("report.title")
    county = escape(report.county or "")
    parts = [
        "<!doctype html><html lang='zh-CN'><head><meta charset='utf-8'>",
        "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<title>{escape(title.told(language))} {county}</title><style>{STYLE}</style></head><body>",
        _switch(language),
        f"<main><h1>{_both(title)} {county}</h1>",
        _summary(report),
        *(_layer(report, layer) for layer in report.layers),
        _loose_faults(report),
        "</main></body></html>",
    ]
    return "".join(parts)


def _switch(language: Language) -> str:
    return "".join(
        f"<input type='radio' name='language' id='{one}'{' checked' if one == language else ''}>"
        f"<label for='{one}' lang='{one}'>{word}</label> "
        for one, word in (("zh", "中文"), ("en", "English"))
    )


def _both(said: Said | str) -> str:
    """A sentence in both languages, of which the page shows one."""
    if isinstance(said, str):
        return escape(said)
    return "".join(f"<span lang='{one}'>{escape(said.told(one))}</span>" for one in LANGUAGES)


def _heads(*keys: str) -> str:
    cells = (f"<th{' class=n' if key.startswith(NUMBERS) else ''}>{_both(Said(key))}</th>" for key in keys)
    return f"<tr>{''.join(cells)}</tr>"


def _summary(report: Report) -> str:
    mood = "bad" if report.refused else "good"
    number = "" if report.import_id is None else f" · {report.import_id}"
    rows = "".join(
        f"<tr><td>{_both(name_of('layer', layer.layer))}</td><td class='n'>{layer.read}</td>"
        + "".join(f"<td class='n'>{count}</td>" for count in layer.counts().values())
        + f"<td class='n'>{report.faults.layers[layer.layer]}</td></tr>"
        for layer in report.layers
    )
    heads = _heads("report.layer", "report.rows", *(f"what.{what}" for what in (*CHANGES, "fault")))
    notes = "".join(f"<li>{_both(note)}</li>" for note in report.notes)
    return (
        f"<p class='{mood}'>{_both(name_of('status', report.status))}{number}</p>"
        f"<p>{report.at:%Y-%m-%d %H:%M} UTC · {_both(name_of('mode', report.mode))}</p>"
        f"<table>{heads}{rows}</table><ul>{notes}</ul>"
    )


def _layer(report: Report, layer: LayerReport) -> str:
    faults = report.faults.of_layer(layer.layer)
    about = " · ".join(filter(None, (layer.file, layer.sheet, layer.crs, layer.encoding)))
    mapping = "".join(
        f"<tr><td>{_both(name_of('field', str(one['field'])))}</td><td>{escape(str(one['column'] or '—'))}</td>"
        f"<td>{_both(name_of('by', str(one['by'])))}</td><td>{escape(str(one['sample'] or ''))}</td></tr>"
        for one in layer.mapping
    )
    heads = _heads("report.ours", "report.theirs", "report.by", "report.sample")
    table = f"<table>{heads}{mapping}</table>" if mapping else ""
    drawing = _drawing(layer, [*faults, *_loose(report)])
    name = _both(name_of("layer", layer.layer))
    return f"<h2>{name}</h2><p>{escape(about)}</p>{table}{drawing}{_fault_table(faults)}"


def _loose_faults(report: Report) -> str:
    loose = ordered(_loose(report))
    more = report.faults.total + report.faults.notes.total() - len(report.faults.kept)
    rest = f"<p>… {_both(Said('report.more', count=more))}</p>" if more > 0 else ""
    return _fault_table(loose) + rest


def _loose(report: Report) -> list[Fault]:
    """Faults of layers that are not in the import, but would no longer fit it: they are drawn with each that is."""
    known = {layer.layer for layer in report.layers}
    return [fault for fault in report.faults.kept if fault.layer not in known]


def _fault_table(faults: Sequence[Fault]) -> str:
    if not faults:
        return ""
    rows = "".join(
        f"<tr><td class='key'>{_both(name_of('layer', one.layer))}</td>"
        f"<td class='n'>{'' if one.row is None else one.row}</td><td class='key'>{escape(one.key or '')}</td>"
        f"<td class='key {'' if one.note else 'bad'}'>{escape(one.code)}</td><td>{_both(one.said)}</td></tr>"
        for one in faults
    )
    names = ("layer", "row", "key", "code", "reason")
    return f"<table>{_heads(*(f'report.{name}' for name in names))}{rows}</table>"


def _drawing(layer: LayerReport, faults: Sequence[Fault]) -> str:
    marks = [fault.where for fault in faults if fault.where is not None and not shapely.is_empty(fault.where)]
    shapes = layer.shapes[:MOST_SHAPES]
    everything = [shape for _, _, shape in shapes] + marks
    if not everything:
        return ""
    frame = _Frame(np.array(everything, dtype=object))
    order = ("gone", "unchanged", "changed", "new")
    drawn = [
        frame.draw(shape, COLOURS[what], key)
        for wanted in order
        for key, what, shape in shapes
        if what == wanted
    ]
    drawn += [frame.draw(mark, COLOURS["fault"], "", strong=True) for mark in marks]
    there = [what for what in COLOURS if what == "fault" or any(one == what for _, one, _ in shapes)]
    legends = "".join(
        f"<text lang='{language}' x='8' y='{frame.height + 20:.0f}' font-size='14'>"
        + " ".join(
            f"<tspan fill='{COLOURS[what]}'>■ {escape(Said(f'what.{what}').told(language))}</tspan>"
            for what in there
        )
        + "</text>"
        for language in LANGUAGES
    )
    return f"<svg viewBox='0 0 {WIDTH} {frame.height + 30:.0f}' role='img'>{''.join(drawn)}{legends}</svg>"


class _Frame:
    """Degrees on paper: north up, as wide as long as it is on the ground."""

    def __init__(self, shapes: Any) -> None:
        west, south, east, north = shapely.total_bounds(shapes)
        squeeze = float(np.cos(np.radians((south + north) / 2)))
        span = max((east - west) * squeeze, (north - south) * 0.6, 1e-4)
        self.scale = (WIDTH - 20) / span
        self.west, self.north, self.squeeze = west, north, squeeze
        self.height = max(60.0, (north - south) * self.scale + 20)

    def _on_paper(self, places: Any) -> Any:
        x = (places[:, 0] - self.west) * self.squeeze * self.scale + 10
        y = (self.north - places[:, 1]) * self.scale + 10
        return np.column_stack((x, y))

    def draw(self, shape: Any, colour: str, key: str, *, strong: bool = False) -> str:
        """One shape as SVG, its key as what a browser shows when one points at it."""
        paper = shapely.simplify(
            shapely.transform(shape, self._on_paper), HALF_PIXEL, preserve_topology=False
        )
        if shapely.is_empty(paper):
            paper = shapely.transform(shapely.centroid(shape), self._on_paper)
        title = f"<title>{escape(key)}</title>" if key else ""
        return "".join(_one(part, colour, title, strong) for part in shapely.get_parts(paper))


def _one(part: Any, colour: str, title: str, strong: bool) -> str:
    if part.geom_type == "Point":
        radius = 5 if strong else 2
        return f"<circle cx='{part.x:.1f}' cy='{part.y:.1f}' r='{radius}' fill='{colour}'>{title}</circle>"
    if part.geom_type == "Polygon":
        path = " ".join(_path(ring) + "Z" for ring in (part.exterior, *part.interiors))
        opacity = "0.65" if strong else "0.15"
        return (
            f"<path d='{path}' fill='{colour}' fill-opacity='{opacity}' fill-rule='evenodd' stroke='{colour}'>"
            f"{title}</path>"
        )
    width = 4 if strong else 1.2
    return f"<path d='{_path(part)}' fill='none' stroke='{colour}' stroke-width='{width}'>{title}</path>"


def _path(line: Any) -> str:
    places: Iterable[Any] = shapely.get_coordinates(line)
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
