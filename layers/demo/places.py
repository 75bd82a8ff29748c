"""Facilities and points of interest: where they stand, what they are called, how to ring them. All invented."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gis.crs import Places
from layers.demo.divisions import Division, Divisions
from layers.demo.mesh import Mesh
from layers.demo.noise import generator
from layers.demo.source import CountySource

COMPOUNDS = 89
URBAN_SHARE = 0.6
COMPOUND_NAMES = tuple(
    first + last
    for last in ("小区", "花园", "家园", "佳苑", "名邸", "新村")
    for first in (
        *("安泰", "锦绣", "阳光", "瑞丰", "惠民", "和谐", "康乐", "学府"),
        *("滨河", "盛世", "百合", "东苑", "西苑", "南苑", "北苑"),
    )
)
# 一厅五区 and the rooms of the county's centre, as such centres are commonly laid out.
HALL = ("群众接待大厅",)
ZONES = ("引导等候区", "受理接待区", "多元解纷区", "指挥研判区", "服务保障区")
ROOMS = (
    *("指挥调度室", "分析研判室", "会商室", "视频会议室", "信访接待室"),
    *("诉讼服务室", "检察服务室", "公共法律服务室", "法律援助室", "公证服务室"),
    *("劳动仲裁庭", "心理疏导室", "妇女儿童维权室", "警务室", "档案室"),
)
MEDIATION_ROOMS = tuple(
    f"{what}调解室"
    for what in (
        *("人民", "婚姻家庭纠纷", "邻里纠纷", "土地承包纠纷", "道路交通事故纠纷"),
        *("劳动争议", "医疗纠纷", "物业纠纷", "消费纠纷"),
    )
)
INSIDE = (("hall", HALL), ("zone", ZONES), ("room", ROOMS), ("mediation_room", MEDIATION_ROOMS))
# Rooms stand in rows, so many metres apart, in and around the centre's own building.
ROOM_APART_M, ROOMS_IN_A_ROW = 9.0, 6
COUNTY_FACILITIES = (
    ("centre", "社会治安综合治理中心", 0.0),
    ("police", "公安局", 260.0),
    ("hospital", "人民医院", 620.0),
    ("hospital", "中医医院", 900.0),
    ("fire", "消防救援大队", 760.0),
    ("school", "第一中学", 700.0),
    ("school", "第二中学", 980.0),
    ("school", "职业教育中心", 1_150.0),
    ("school", "实验小学", 420.0),
)
TOWNSHIP_FACILITIES = (
    ("township_centre", "综治中心", 0.0),
    ("police", "派出所", 130.0),
    ("hospital", "卫生院", 240.0),
    ("school", "中心小学", 320.0),
    ("school", "初级中学", 420.0),
)
TOWNS_WITH_FIRE_STATION = 5


@dataclass(frozen=True, slots=True)
class Place:
    """One facility or point of interest, in metres."""

    kind: str
    name: str
    at: tuple[float, float]
    telephone: str | None = None


def _around(
    rng: np.random.Generator, mesh: Mesh, divisions: Divisions, code: str
) -> Callable[[int, float], Places]:
    """Return a function that finds a place some metres from a site, still inside the area with this code."""
    own = divisions.cells_of(code)

    def find(site: int, away_m: float) -> Places:
        for _ in range(40):
            angle = rng.uniform(0, 2 * np.pi)
            place = mesh.sites[site] + away_m * rng.uniform(0.8, 1.2) * np.array(
                [np.cos(angle), np.sin(angle)]
            )
            cell = int(mesh.nearest(place[None, :])[0])
            if own[cell] and np.hypot(*(mesh.sites[cell] - place)) < 90.0:
                return np.asarray(place)
        return np.asarray(mesh.sites[site])

    return find


def facilities(source: CountySource, mesh: Mesh, divisions: Divisions, seed: int) -> list[Place]:
    """The county's and the townships' centres, police, hospitals, fire stations, schools, and smart compounds."""
    rng = generator(seed, "facilities")
    county, towns = divisions.county, divisions.townships
    found: list[tuple[str, str, Places]] = []
    near = _around(rng, mesh, divisions, source.centre.code)
    for kind, name, away_m in COUNTY_FACILITIES:
        found.append((kind, county.name + name, near(county.site, away_m)))
    centre = next(at for kind, _, at in found if kind == "centre")
    found += _rooms(f"{county.name}{COUNTY_FACILITIES[0][1]}", centre)
    by_size = sorted(source.townships, key=lambda town: (town.urban, -len(town.villages)))
    with_fire = {town.code for town in by_size[:TOWNS_WITH_FIRE_STATION]}
    for town in towns:
        near = _around(rng, mesh, divisions, town.code)
        # The county's own centre stands at the sub-district's seat already.
        shift_m = 340.0 if town.code == source.centre.code else 0.0
        for kind, name, away_m in TOWNSHIP_FACILITIES:
            found.append((kind, town.name + name, near(town.site, away_m + shift_m)))
        if town.code in with_fire:
            found.append(("fire", f"{town.name}消防救援站", near(town.site, 360.0)))
    found += _compounds(source, mesh, divisions, rng)
    return [
        Place(kind, name, (float(at[0]), float(at[1])), source.telephone(number))
        for number, (kind, name, at) in enumerate(found, start=10)
    ]


def _rooms(centre: str, at: Places) -> list[tuple[str, str, Places]]:
    """The centre's hall, zones and rooms, in rows around where it stands; each bears the centre's name."""
    inside = [(kind, name) for kind, names in INSIDE for name in names]
    found = []
    for number, (kind, name) in enumerate(inside):
        row, column = divmod(number, ROOMS_IN_A_ROW)
        offset = np.array([column - (ROOMS_IN_A_ROW - 1) / 2, -1.0 - row]) * ROOM_APART_M
        found.append((kind, centre + name, np.asarray(at + offset)))
    return found


def _compounds(
    source: CountySource, mesh: Mesh, divisions: Divisions, rng: np.random.Generator
) -> list[tuple[str, str, Places]]:
    towns = {town.code: town for town in divisions.townships}
    rural = [town for town in divisions.townships if town.code != source.centre.code]
    urban = round(COMPOUNDS * URBAN_SHARE)
    hosts = [towns[source.centre.code]] * urban + [rural[n % len(rural)] for n in range(COMPOUNDS - urban)]
    names = rng.permutation(COMPOUND_NAMES).tolist()
    found = []
    for number, town in enumerate(hosts):
        near = _around(rng, mesh, divisions, town.code)
        away_m = rng.uniform(150.0, 1_300.0) if number < urban else rng.uniform(120.0, 420.0)
        name = names[number % len(names)] + ("" if number < len(names) else "二区")
        found.append(("compound", f"{town.name}{name}", near(town.site, float(away_m))))
    return found


def points_of_interest(mesh: Mesh, divisions: Divisions, seed: int) -> list[Place]:
    """A committee in each village, and in each township a market, a bus station and a square."""
    rng = generator(seed, "points of interest")
    found = []
    for village in divisions.villages:
        near = _around(rng, mesh, divisions, village.code)
        found.append(_place("committee", _committee(village), near(village.site, 40.0)))
    for town in divisions.townships:
        near = _around(rng, mesh, divisions, town.code)
        for kind, name, away_m in (
            ("market", "集贸市场", 260.0),
            ("station", "客运站", 380.0),
            ("square", "文化广场", 180.0),
        ):
            found.append(_place(kind, town.name + name, near(town.site, away_m)))
    return found


def _committee(village: Division) -> str:
    return f"{village.name}居委会" if village.name.endswith("社区") else f"{village.name}村委会"


def _place(kind: str, name: str, at: Places) -> Place:
    return Place(kind, name, (float(at[0]), float(at[1])))
