"""Whether a report tells again what an open case tells already: by space, time, category and words. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from math import cos, hypot, radians
from uuid import UUID

from dispatch.rules.categories import CATEGORIES

DEGREE_M = 111_320.0
# How far two people misplace one thing, and how long they go on ringing about it: wholly the same up to the first
# figure, not at all from the second on. The first are those of the field: 80 m and 10 minutes for emergencies, 250 m
# for what the public reports.
REACH_M = {"emergency": (80.0, 600.0), None: (250.0, 700.0)}
AGE_S = {
    "emergency": (600.0, 4 * 3600.0),
    "safety": (3600.0, 24 * 3600.0),
    None: (24 * 3600.0, 7 * 24 * 3600.0),
}
VAGUE_MOST_M = 2_500.0
# Different words for one thing: what one caller calls a fire another calls smoke in the woods.
CONFUSED = tuple(
    frozenset(pair)
    for pair in (
        ("fire", "forest_fire"),
        ("fire", "gas_leak"),
        ("fire", "safety_hazard"),
        ("medical", "traffic_crash"),
        ("medical", "public_order"),
        ("medical", "fire"),
        ("medical", "help"),
        ("flood", "landslide"),
        ("flood", "road_damage"),
        ("flood", "power_water"),
        ("landslide", "road_damage"),
        ("landslide", "safety_hazard"),
        ("traffic_crash", "road_damage"),
        ("road_damage", "safety_hazard"),
        ("power_water", "safety_hazard"),
        ("power_water", "road_damage"),
        ("sanitation", "pollution"),
        ("noise", "neighbour_dispute"),
        ("neighbour_dispute", "land_dispute"),
        ("neighbour_dispute", "public_order"),
        ("family_dispute", "public_order"),
        ("wage_dispute", "petition"),
        ("medical_dispute", "petition"),
        ("medical_dispute", "public_order"),
        ("land_dispute", "petition"),
        ("lost_person", "help"),
        ("livestock", "safety_hazard"),
        ("consumer_dispute", "petition"),
        ("fraud", "public_order"),
        ("pollution", "livestock"),
    )
)
ALMOST, GROUP_ALONE = 0.75, 0.3
SPACE, TIME, KIND, WORDS = 0.30, 0.15, 0.25, 0.30
# Of a matter of another kind, that it is near and new says little: its words must say that it is the same.
LEAST_ALIKE = {1.0: 0.0, ALMOST: 0.08, GROUP_ALONE: 0.16}
ALIKE = 0.30  # so much of the shorter telling's pairs of characters shared is as alike as tellings get
SAME_TELEPHONE = 0.25
PROPOSED_FROM, SURE_FROM = 0.58, 0.88
MOST = 5
LEAST_WORD = 2
NOISE = frozenset(
    "，。！？、；：“”（）,.!?;:()  \n\t的了着在是有个一这那我你他她们人把被叫让给就都也还快来请"
)


@dataclass(frozen=True, slots=True)
class Told:
    """A report, or what an open case has been told so far. `radius_m`: how vague its place is."""

    category: str
    lon: float
    lat: float
    at: datetime
    texts: tuple[str, ...]
    radius_m: float = 0.0
    phones: frozenset[str] = frozenset()
    case: UUID | None = None


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An open case that a report may belong to, with the figures that say so."""

    case: UUID
    score: float
    away_m: float
    age_s: float
    same_category: bool
    alike: float
    shared: tuple[str, ...]
    same_telephone: bool

    @property
    def sure(self) -> bool:
        """Whether a rule may join the two without asking anybody."""
        return self.score >= SURE_FROM and self.same_category

    def reason(self, language: str) -> str:
        """Say in words why, from its own figures."""
        shared = "、".join(f"“{word}”" for word in self.shared)
        if language == "zh":
            parts = [
                "类别相同" if self.same_category else "类别相近",
                f"相距约 {_round(self.away_m)} 米",
                f"{_age(self.age_s, 'zh')}前接报",
                f"都提到{shared}" if shared else "",
                "来电号码相同" if self.same_telephone else "",
            ]
            return "，".join(part for part in parts if part)
        parts = [
            "same category" if self.same_category else "a category often taken for it",
            f"about {_round(self.away_m)} m away",
            f"reported {_age(self.age_s, 'en')} before",
            f"both say {shared}" if shared else "",
            "same telephone" if self.same_telephone else "",
        ]
        return ", ".join(part for part in parts if part)


def duplicates_of(new: Told, known: Iterable[Told]) -> tuple[Duplicate, ...]:
    """Return the open cases that a report may belong to, the likeliest first."""
    pairs = pairs_of(new.texts)
    found = [one for case in known if (one := _compared(new, case, pairs)) is not None]
    best = sorted(found, key=lambda one: (-one[0].score, one[0].away_m, one[0].case))[:MOST]
    return tuple(_with_words(one, new, case) for one, case in best)


def score_of(space: float, time: float, kind: float, words: float) -> float:
    """Weigh four shares of sameness; where nothing else is shared, no one of them is enough."""
    return SPACE * space + TIME * time + KIND * kind + WORDS * words


def _compared(new: Told, known: Told, pairs: frozenset[str]) -> tuple[Duplicate, Told] | None:
    assert known.case is not None
    away_m = metres((new.lon, new.lat), (known.lon, known.lat))
    age_s = abs((new.at - known.at).total_seconds())
    group = CATEGORIES[new.category].group
    space = _share(
        away_m, REACH_M.get(group, REACH_M[None]), min(max(new.radius_m, known.radius_m), VAGUE_MOST_M)
    )
    time = _share(age_s, AGE_S.get(group, AGE_S[None]))
    kind = _kind(new.category, known.category)
    if not space or not time or not kind:
        return None
    alike = similarity(pairs, pairs_of(known.texts))
    if alike < LEAST_ALIKE[kind]:
        return None
    same_telephone = bool(new.phones & known.phones)
    score = score_of(space, time, kind, min(1.0, alike / ALIKE)) + SAME_TELEPHONE * same_telephone
    if score < PROPOSED_FROM:
        return None
    same = new.category == known.category
    duplicate = Duplicate(
        known.case, round(min(score, 1.0), 3), away_m, age_s, same, round(alike, 3), (), same_telephone
    )
    return duplicate, known


def _kind(one: str, other: str) -> float:
    if one == other:
        return 1.0
    if frozenset((one, other)) in CONFUSED:
        return ALMOST
    return GROUP_ALONE if CATEGORIES[one].group == CATEGORIES[other].group else 0.0


def _share(value: float, ends: tuple[float, float], vague: float = 0.0) -> float:
    """1 up to the first end, 0 from the second on, a straight line between; `vague` moves both out."""
    whole, none = ends[0] + vague, ends[1] + vague
    return max(0.0, min(1.0, (none - value) / (none - whole)))


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return how far two places (longitude, latitude) of one county are apart; flat is exact enough."""
    east = (one[0] - other[0]) * cos(radians(one[1]))
    return hypot(east, one[1] - other[1]) * DEGREE_M


def pairs_of(texts: Iterable[str]) -> frozenset[str]:
    """Return the pairs of characters that carry a telling's sense."""
    found: set[str] = set()
    for text in texts:
        clean = "".join(" " if char in NOISE else char for char in text[:600])
        for word in clean.split():
            found.update(word[at : at + 2] for at in range(len(word) - 1))
    return frozenset(found)


def similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """Return which share of the shorter telling's pairs stands in the other as well."""
    shorter = min(len(one), len(other))
    return len(one & other) / max(shorter, 6) if shorter else 0.0


def _with_words(one: Duplicate, new: Told, known: Told) -> Duplicate:
    shared: list[str] = []
    for mine in new.texts:
        for theirs in known.texts[:3]:
            blocks = SequenceMatcher(None, mine[:300], theirs[:300], autojunk=False).get_matching_blocks()
            for block in blocks:
                word = mine[block.a : block.a + block.size].strip("".join(NOISE))
                if len(word) >= LEAST_WORD and word not in shared:
                    shared.append(word)
    kept = tuple(sorted(shared, key=len, reverse=True)[:3])
    return Duplicate(
        one.case, one.score, one.away_m, one.age_s, one.same_category, one.alike, kept, one.same_telephone
    )


def _round(away_m: float) -> int:
    return int(round(away_m / 10) * 10)


def _age(age_s: float, language: str) -> str:
    minutes = round(age_s / 60)
    if minutes < 1:
        return "不到 1 分钟" if language == "zh" else "less than a minute"
    if minutes < 120:
        return f"{minutes} 分钟" if language == "zh" else f"{minutes} min"
    hours = round(minutes / 60)
    if hours < 48:
        return f"{hours} 小时" if language == "zh" else f"{hours} h"
    return f"{round(hours / 24)} 天" if language == "zh" else f"{round(hours / 24)} days"
