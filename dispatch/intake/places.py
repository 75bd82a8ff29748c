"""Which places a text speaks of: every reading with its reasons, the likeliest first. Pure given the names."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from dispatch.intake.gazetteer import CAMERA_RADIUS_M, Calling, Gazetteer, Named, plain_name, words
from dispatch.intake.numbers import Shift, Written, coordinates_in, number_of, shifts_in
from gis.errors import WallError

MOST = 5
LEAST_SCORE = 30.0
READ_CHARACTERS = 1000
# What a kind of place is worth before the rest of the text is asked: the more exactly it says where, the more.
WORTH = {
    "point": 100.0,
    "camera": 96.0,
    "facility": 84.0,
    "road": 66.0,
    "grid": 72.0,
    "village": 68.0,
    "township": 46.0,
    "county": 5.0,
}
BARE_IN_CONTEXT, BARE_ALONE, BARE_COMMON = -10.0, -30.0, -60.0
TOGETHER, OTHER_TOWNSHIP, IN_JURISDICTION, OUTSIDE, TOWARDS = 16.0, -30.0, 10.0, -12.0, -34.0
GENERIC = -60.0  # "the health centre", and nothing says whose
HEARD = -10.0  # only the sound is right
ROAD_WITH_AREA, ROAD_ALONE, LATER = 22.0, -16.0, -1.5
GRID = re.compile(r"\s*第?([0-9一二三四五六七八九十]{1,3})(?:号)?网格")
GROUP = re.compile(r"[0-9一二三四五六七八九十]{1,3}(?:社|组|队)")
FROM_TO = re.compile(r"(?:村|镇|乡)?(?:到|往|至|去|和|通往|-)")
PUNCTUATION = frozenset('，。,.、！!？?；;：:（）()“”" \n')
SHIFT_REACH = 14
MOST_GRIDS = 999
MANY = 20
COUNTY_DIGITS, TOWNSHIP_DIGITS = 6, 9


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for a reading: its key in the table of words, and what is filled in."""

    key: str
    values: tuple[tuple[str, object], ...] = ()

    def said(self, language: str) -> str:
        """Return the reason in words."""
        return str(words()["reason"][language][self.key]).format(**dict(self.values))


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in the text, and all that is called so."""

    start: int
    end: int
    words: str
    callings: tuple[Calling, ...]


@dataclass(frozen=True, slots=True)
class PlaceProposal:
    """One place that the text may mean, with its score and the reasons."""

    place: Named
    score: float
    words: str
    start: int
    reasons: tuple[Reason, ...]

    def reason(self, language: str) -> str:
        """Return all reasons in one sentence."""
        return str(words()["reason"][language]["joint"]).join(one.said(language) for one in self.reasons)


@dataclass(frozen=True, slots=True)
class PlacesRead:
    """What a text says of places: the readings, best first, and where names of areas stand in it."""

    proposals: tuple[PlaceProposal, ...]
    names: tuple[tuple[int, int], ...]


def read_places(
    text: str, gazetteer: Gazetteer, jurisdiction: str, cameras: Sequence[tuple[str, Named]] = ()
) -> PlacesRead:
    """Return the places that a text speaks of, for a caller of a jurisdiction (an area code).

    `cameras` are those that the caller may see and the text names, each with the words that name it.
    """
    plain = plain_name(text[:READ_CHARACTERS])
    found = mentions_in(plain, gazetteer)
    townships = [one for one in found if _is_township(one)]
    proposals = [
        *_points(plain, gazetteer),
        *_cameras(plain, cameras),
        *_between(plain, gazetteer, found),
        *(
            one
            for order, mention in enumerate(found)
            for one in _readings(plain, mention, order, gazetteer, townships, jurisdiction, found)
        ),
    ]
    shifted = [_shifted(one, plain, gazetteer) for one in proposals]
    hidden = tuple((one.start, one.end) for one in found if any(_hides(calling) for calling in one.callings))
    return PlacesRead(_best(shifted), hidden)


def _hides(calling: Calling) -> bool:
    """Names of areas, roads and compounds hide words of their own ("Ox Mouth"); those of a hospital say something."""
    return calling.place.kind in ("township", "village", "grid", "road", "compound")


def mentions_in(text: str, gazetteer: Gazetteer) -> list[Mention]:
    """Return every name in a text, the longest first from left to right."""
    found, at = [], 0
    while at < len(text):
        named = gazetteer.longest_at(text, at) or gazetteer.heard_at(text, at)
        if named is None:
            at += 1
            continue
        name, callings = named
        found.append(Mention(at, at + len(name), name, tuple(callings)))
        at += len(name)
    return found


def _is_township(mention: Mention) -> bool:
    return any(one.place.kind == "township" for one in mention.callings)


def _points(text: str, gazetteer: Gazetteer) -> Iterable[PlaceProposal]:
    for one in coordinates_in(text, gazetteer.areas.zone):
        try:
            code = gazetteer.areas.locate(one.lon, one.lat).code
        except WallError:  # beyond the county: nothing to propose
            continue
        yield _point(one, text, code)


def _point(one: Written, text: str, code: str) -> PlaceProposal:
    said = text[one.start : one.end]
    place = Named("point", f"{one.lon:.5f}, {one.lat:.5f}", one.lon, one.lat, code, CAMERA_RADIUS_M)
    reason = Reason("coordinates", (("words", said), ("crs", one.crs)))
    return PlaceProposal(place, WORTH["point"], said, one.start, (reason,))


def _cameras(text: str, cameras: Sequence[tuple[str, Named]]) -> Iterable[PlaceProposal]:
    for said, place in cameras:
        reason = Reason("camera", (("words", said),))
        yield PlaceProposal(place, WORTH["camera"], said, max(0, text.find(said)), (reason,))


def _between(text: str, gazetteer: Gazetteer, found: list[Mention]) -> Iterable[PlaceProposal]:
    """Yield the road between two places that the text names with "from … to … by road"."""
    for first, second in pairwise(found):
        gap, after = text[first.end : second.start], text[second.end : second.end + 8]
        if not FROM_TO.fullmatch(gap) or not re.search(r"路|段", after):
            continue
        for a in {_short(one) for one in first.callings}:
            for b in {_short(one) for one in second.callings}:
                for name in gazetteer.between.get(frozenset((a, b)), ()):
                    said = text[first.start : second.end]
                    reason = Reason("road_alone", (("words", said),))
                    yield PlaceProposal(
                        gazetteer.named[name], WORTH["road"] + 20, said, first.start, (reason,)
                    )


def _short(calling: Calling) -> str:
    name = plain_name(calling.place.name)
    for end in ("街道", "社区", "镇", "乡", "村"):
        if name.endswith(end) and len(name) > len(end) + 1:
            return name.removesuffix(end)
    return name


def _readings(
    text: str,
    mention: Mention,
    order: int,
    gazetteer: Gazetteer,
    townships: Sequence[Mention],
    jurisdiction: str,
    found: Sequence[Mention],
) -> Iterable[PlaceProposal]:
    """Yield what one name may mean, each reading with its score and reasons."""
    beside = _beside(mention, townships)
    alike = [one for one in mention.callings if one.place.kind == mention.callings[0].place.kind]
    for calling in _worth_reading(mention, found, jurisdiction):
        place, kind = calling.place, _kind(calling.place)
        score = WORTH[kind] + LATER * order
        reasons = [
            Reason("area" if kind in ("township", "village") else "facility", (("words", mention.words),))
        ]
        if calling.bare:
            score += _bareness(text, mention, found, kind)
            reasons.append(Reason("only_stem"))
        if calling.heard:
            score += HEARD
            reasons.append(Reason("heard", (("name", place.name),)))
        if kind == "road":
            place, gained, reasons = _on_road(place, mention, found, gazetteer, jurisdiction)
            score += gained
        else:
            gained, more = _with_township(place, beside, mention)
            score += gained
            reasons += more
            score += _generic(calling, alike, found, jurisdiction)
        gained, more = _in_jurisdiction(place, jurisdiction)
        score += gained
        reasons += more
        if len(alike) > 1:
            reasons.append(Reason("same_name", (("count", len(alike)),)))
        if _is_only_towards(text, mention):
            score += TOWARDS
            reasons.append(Reason("towards"))
        near = _near(text, mention)
        if near and kind in ("facility", "road"):
            reasons.append(Reason("near", (("near", near),)))
        place, reasons = _in_grid(text, mention, place, reasons, gazetteer)
        yield PlaceProposal(place, round(score, 1), mention.words, mention.start, tuple(reasons))


def _worth_reading(mention: Mention, found: Sequence[Mention], jurisdiction: str) -> Sequence[Calling]:
    """Of a name that very many have ("the village committee"), only those where the text or the caller is."""
    if len(mention.callings) <= MANY:
        return mention.callings
    codes = {one.place.area_code for other in found if other is not mention for one in other.callings}
    codes = {code for code in codes | {jurisdiction} if len(code) > COUNTY_DIGITS}
    return [one for one in mention.callings if one.place.area_code.startswith(tuple(codes))]


def _kind(place: Named) -> str:
    return place.kind if place.kind in WORTH else "facility"


def _bareness(text: str, mention: Mention, found: Sequence[Mention], kind: str) -> float:
    """A stem alone is worth less, and least where it is also an everyday word; its neighbours in the text help it."""
    before, after = text[: mention.start], text[mention.end :]
    if kind == "township":
        return 0.0 if not after or after[0] in PUNCTUATION or before == "" else -8.0
    if any(0 <= mention.start - one.end <= 1 and _is_township(one) for one in found):
        return 0.0
    strong = GROUP.match(after) or GRID.match(after) or after[:1] in ("社", "村", "组", "队")
    if strong:
        return 0.0
    starts = not before or before[-1] in PUNCTUATION or before.endswith(tuple(words()["said"]["before"]))
    ends = (
        not after
        or after[0] in PUNCTUATION
        or after.startswith(("那", "这", "的", "有", *words()["said"]["near"]))
    )
    if mention.words in words()["common"]["words"]:
        return BARE_IN_CONTEXT if starts and ends else BARE_COMMON
    return BARE_IN_CONTEXT if starts or ends else BARE_ALONE


def _beside(mention: Mention, townships: Sequence[Mention]) -> Sequence[Mention]:
    """The townships that the text names, the nearest before the name first."""
    others = [one for one in townships if one is not mention]
    return sorted(others, key=lambda one: (one.start > mention.start, abs(mention.start - one.end)))


def _township_codes(mention: Mention) -> list[str]:
    return [one.place.area_code for one in mention.callings if one.place.kind == "township"]


def _with_township(place: Named, beside: Sequence[Mention], mention: Mention) -> tuple[float, list[Reason]]:
    if place.kind in ("county", "township") or not beside:
        return 0.0, []
    for one in beside:
        if place.area_code[:9] in _township_codes(one):
            # A village whose township stands right before it is meant together with it.
            return TOGETHER, [Reason("beside_township", (("township", one.words),))]
    named = [one for one in beside if any(not calling.bare for calling in one.callings)]
    if named and place.area_code[:9] not in _township_codes(mention):
        return OTHER_TOWNSHIP, [Reason("other_township", (("township", named[0].words),))]
    return 0.0, []


def _generic(
    calling: Calling, alike: Sequence[Calling], found: Sequence[Mention], jurisdiction: str
) -> float:
    """ "The health centre" says nothing unless an area that the text names, or the caller's own, has just one."""
    if not calling.within or len(alike) == 1:
        return 0.0
    named = {
        one.place.area_code
        for mention in found
        for one in mention.callings
        if one.place.kind in ("township", "village")
    }
    for areas, worth in (
        (named, 0.0),
        ({jurisdiction} if len(jurisdiction) > COUNTY_DIGITS else set(), -10.0),
    ):
        for code in areas:
            held = [one for one in alike if one.place.area_code.startswith(code)]
            if held == [calling]:
                return worth
    return GENERIC


def _on_road(
    place: Named,
    mention: Mention,
    found: Sequence[Mention],
    gazetteer: Gazetteer,
    jurisdiction: str,
) -> tuple[Named, float, list[Reason]]:
    """Place a road where an area that the text names, or the caller's own, has its part of it."""
    areas = [
        calling.place
        for one in sorted(found, key=lambda one: abs(one.start - mention.start))
        for calling in one.callings
        if calling.place.kind in ("village", "township") and one is not mention
    ]
    areas.sort(key=lambda area: -len(area.area_code))
    own = (
        [gazetteer.named[jurisdiction]]
        if len(jurisdiction) > COUNTY_DIGITS and jurisdiction in gazetteer.named
        else []
    )
    for area in (*areas, *own):
        at = gazetteer.part_of_road(place.name, area.area_code)
        if at is not None:
            code = gazetteer.areas.locate(*at).code
            reason = Reason("road", (("words", mention.words), ("area", area.name)))
            return (
                replace(place, lon=at[0], lat=at[1], area_code=code, radius_m=area.radius_m),
                ROAD_WITH_AREA,
                [reason],
            )
    return place, ROAD_ALONE, [Reason("road_alone", (("words", mention.words),))]


def _in_jurisdiction(place: Named, jurisdiction: str) -> tuple[float, list[Reason]]:
    if len(jurisdiction) <= COUNTY_DIGITS or place.kind in ("county", "township"):
        return 0.0, []
    if place.area_code.startswith(jurisdiction):
        return IN_JURISDICTION, [Reason("in_jurisdiction")]
    return OUTSIDE, [Reason("outside")]


def _is_only_towards(text: str, mention: Mention) -> bool:
    before, after = text[: mention.start], text[mention.end :]
    return before.endswith(tuple(words()["said"]["towards"])) or after.startswith(
        ("方向", "去的", "那个方向")
    )


def _near(text: str, mention: Mention) -> str:
    after = text[mention.end : mention.end + 4]
    return next((word for word in words()["said"]["near"] if after.startswith(word)), "")


def _in_grid(
    text: str, mention: Mention, place: Named, reasons: list[Reason], gazetteer: Gazetteer
) -> tuple[Named, list[Reason]]:
    """Where a grid's number follows a village, the grid is meant."""
    found = GRID.match(text[mention.end :]) if place.kind == "village" else None
    number = _number(found[1]) if found else None
    grid = gazetteer.named.get(f"{place.area_code}{number:03d}") if number is not None else None
    if grid is None:
        return place, reasons
    return grid, [*reasons, Reason("grid", (("number", number),))]


def _number(text: str) -> int | None:
    found = number_of(text)
    return int(found) if found is not None and 0 < found <= MOST_GRIDS else None


def _shifted(one: PlaceProposal, text: str, gazetteer: Gazetteer) -> PlaceProposal:
    """Move a place by the "200 metres east" that follows it."""
    if one.place.kind in ("township", "county"):
        return one
    end = one.start + len(one.words)
    shift: Shift | None = next((s for s in shifts_in(text) if 0 <= s.start - end <= SHIFT_REACH), None)
    if shift is None:
        return one
    lon, lat = shift.applied(one.place.lon, one.place.lat)
    try:
        code = gazetteer.areas.locate(lon, lat).code
    except WallError:
        return one
    place = replace(one.place, lon=lon, lat=lat, area_code=code)
    reason = Reason("shifted", (("direction", shift.direction), ("metres", round(shift.metres))))
    return replace(one, place=place, reasons=(*one.reasons, reason))


def _best(proposals: Iterable[PlaceProposal]) -> tuple[PlaceProposal, ...]:
    """Return the likeliest readings, each place once."""
    kept: dict[tuple[str, str, str], PlaceProposal] = {}
    for one in sorted(
        proposals, key=lambda one: (-one.score, one.start, one.place.area_code, one.place.name)
    ):
        if one.score >= LEAST_SCORE:
            kept.setdefault((one.place.kind, one.place.name, one.place.area_code[:9]), one)
    return tuple(kept.values())[:MOST]
