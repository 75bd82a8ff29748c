"""Reports as people make them, with what they are about and where: which of them the rules get right.

`held_out.jsonl` was written before the first rule and no rule was changed for it; `development.jsonl` is what the rules
may be written from. A label of a place is `V:township/village`, `T:township`, `F:facility`, `R:road@area`, `C:camera
code` or `P:lon,lat`; several stand for a text that honestly means either.
"""

import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dispatch.intake.gazetteer import Gazetteer, Named, Place
from dispatch.intake.numbers import camera_codes_in
from dispatch.intake.places import PlaceProposal, read_places
from dispatch.intake.table import wording_table
from dispatch.rules.duplicates import metres
from dispatch.rules.wording import NOTHING, categories_of, readable
from layers.areas import AreaIndex
from layers.demo.build import DemoCounty

HERE = Path(__file__).parent
COUNTY = "620821"
URBAN = "城市社区街道"
NEAR_ENOUGH_M = 150.0
SOMEWHERE = (107.35, 35.33)


@dataclass(frozen=True, slots=True)
class Labelled:
    """One report with its labels; an empty list means that there is nothing to propose."""

    text: str
    category: tuple[str, ...]
    place: tuple[str, ...]
    place_optional: bool
    caller: str


def labelled(name: str) -> list[Labelled]:
    """Return one half of the set."""
    rows = map(json.loads, (HERE / f"{name}.jsonl").read_text(encoding="utf-8").splitlines())
    return [
        Labelled(
            row["text"],
            tuple(row["category"]),
            tuple(row["place"]),
            row.get("place_optional", False),
            row.get("caller", COUNTY),
        )
        for row in rows
    ]


def compounds(areas: AreaIndex) -> list[Place]:
    """Return the housing compounds that the reports speak of: a demonstration county draws its own names for them."""
    towns = {area.name: area for area in areas.level("township")}
    found = []
    for name in (HERE / "compounds.txt").read_text(encoding="utf-8").split():
        town = next(area for town_name, area in towns.items() if name.startswith(town_name))
        found.append(Place("compound", name, *town.seat, areas.locate(*town.seat).code))
    return found


def gazetteer_of(county: DemoCounty, areas: AreaIndex) -> Gazetteer:
    """Return the names of a county that was built and not loaded, with the compounds that the reports speak of."""
    places = compounds(areas) + [
        Place(str(kind), str(name), shape.x, shape.y, str(code))
        for frame in (county.facilities, county.pois)
        for kind, name, shape, code in zip(
            frame["kind"], frame["name"], frame["geometry"], frame["area_code"], strict=True
        )
        if kind != "compound"
    ]
    roads = county.roads
    return Gazetteer(areas, places, zip(map(str, roads["name"]), roads["geometry"], strict=True))


def cameras_named(text: str, county: DemoCounty) -> list[tuple[str, Named]]:
    """Return the cameras of a built county that a text names by code or by the end of one."""
    codes, tails = camera_codes_in(text)
    if not codes and not tails:
        return []
    frame = county.cameras
    # Which serials a demonstration county gives is its own affair; a whole code that is written stands for a camera.
    written = [(code, Named("camera", code, *SOMEWHERE, COUNTY, 40.0)) for code in codes]
    return (
        written
        + [
            (said, Named("camera", str(code), shape.x, shape.y, str(area), 40.0))
            for code, shape, area in zip(frame["code"], frame["geometry"], frame["area_code"], strict=True)
            for said in tails
            if str(code).endswith(said)
        ][:5]
    )


@dataclass(slots=True)
class Score:
    """How many are right of how many, what was taken for what, and how long one took."""

    right: int = 0
    of: int = 0
    wrong: list[tuple[str, str, str]] = field(default_factory=list)
    spent_ms: list[float] = field(default_factory=list)

    @property
    def share(self) -> float:
        """The share that is right."""
        return self.right / self.of if self.of else 0.0

    def note(self, right: bool, text: str, wanted: str, got: str) -> None:
        """Count one."""
        self.of += 1
        self.right += right
        if not right:
            self.wrong.append((text, wanted, got))

    def confusion(self) -> dict[str, int]:
        """What was taken for what, and how often."""
        return dict(Counter(f"{wanted} → {got}" for _, wanted, got in self.wrong).most_common())


def score(rows: Sequence[Labelled], gazetteer: Gazetteer, county: DemoCounty) -> tuple[Score, Score]:
    """Return how many categories and how many places are right."""
    table, by_name = wording_table(), dict(_codes(gazetteer.areas))
    categories, places = Score(), Score()
    for row in rows:
        cameras = cameras_named(row.text, county)
        began = time.thread_time()
        read = read_places(row.text, gazetteer, row.caller, cameras)
        found = categories_of(readable(row.text, table, read.names), table)
        spent = (time.thread_time() - began) * 1000
        categories.spent_ms.append(spent)
        got = found[0].category if found and found[0].category != NOTHING else "-"
        categories.note(
            got in row.category if row.category else got == "-", row.text, "|".join(row.category) or "-", got
        )
        best = read.proposals[0] if read.proposals else None
        is_right = (best is None and (not row.place or row.place_optional)) or any(
            is_place(label, best, by_name) for label in row.place
        )
        places.note(is_right, row.text, "|".join(row.place) or "-", best.place.name if best else "-")
    return categories, places


def _codes(areas: AreaIndex) -> Iterator[tuple[str, str]]:
    for area in areas.by_code.values():
        if area.level == "township":
            for end in ("", "镇", "乡", "街道"):
                yield area.name.removesuffix(end), area.code
        if area.level == "village":
            town = areas.get(area.code[:9]).name
            for end in ("", "村", "社区"):
                for town_end in ("镇", "乡", "街道"):
                    yield f"{town.removesuffix(town_end)}/{area.name.removesuffix(end)}", area.code


def is_place(label: str, best: PlaceProposal | None, codes: dict[str, str]) -> bool:
    """Say whether a proposal is what a label says. Raises KeyError for a label that names no place of the county."""
    kind, _, said = label.partition(":")
    place: Any = best.place if best else None
    if kind in ("V", "T"):
        code = codes[said]
        return place is not None and place.area_code.startswith(code)
    if kind == "R":
        name, _, area = said.partition("@")
        inside = codes[area] if area else COUNTY
        return (
            place is not None
            and (place.kind, place.name) == ("road", name)
            and place.area_code.startswith(inside)
        )
    if place is None:
        return False
    if kind == "F":
        return place.name in (said, URBAN + said)
    if kind == "C":
        return bool(place.name == said)
    lon, lat = map(float, said.split(","))
    return metres((lon, lat), (place.lon, place.lat)) < NEAR_ENOUGH_M
