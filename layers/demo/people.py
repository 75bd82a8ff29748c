"""The forces of the demonstration county: grid officers, patrols, departments and mediation teams. Nobody is real."""

from dataclasses import dataclass

import numpy as np

from layers.areas import Area, AreaIndex
from layers.demo.noise import generator, invented_telephone

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
)
GIVEN_FIRST = "建文志国海晓永春秀玉明俊红丽学成小金天宝立亚彦少振世新东正兴佳雅子思嘉雨梓浩宇"
GIVEN_SECOND = "军平华强林芳霞峰龙斌伟涛刚杰磊燕娟敏静萍辉波鹏飞勇民祥生福荣英兰花梅琴玲云文娜"
SHARE_OF_SHORT_NAMES = 0.16

# How a department is present at the centre: with people of its own, by turns, or when it is called.
DEPARTMENTS = (
    ("police", "公安局", "resident"),
    ("justice", "司法局", "resident"),
    ("civil_affairs", "民政局", "resident"),
    ("human_resources", "人社局", "resident"),
    ("housing", "住建局", "rotating"),
    ("emergency", "应急管理局", "rotating"),
    ("health", "卫健局", "rotating"),
    ("education", "教育局", "on_call"),
    ("agriculture", "农业农村局", "rotating"),
    ("natural_resources", "自然资源局", "rotating"),
    ("transport", "交通运输局", "rotating"),
    ("water", "水务局", "on_call"),
    ("market", "市场监管局", "rotating"),
    ("letters", "信访局", "resident"),
    ("women", "妇联", "rotating"),
    ("court", "法院", "resident"),
)
FIRST_TELEPHONE = 20_000


@dataclass(frozen=True, slots=True)
class UnitSeed:
    """One unit to begin with; `lon`, `lat` is where it is stationed, `desk` who sends it."""

    kind: str
    name: str
    desk: str
    area_code: str
    telephone: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class DepartmentSeed:
    """One department of the county that can be a desk."""

    key: str
    name: str
    presence: str
    desk: str
    telephone: str


def person_names(seed: int, count: int, purpose: str = "people") -> list[str]:
    """Invented personal names, none twice, the same for the same seed and purpose."""
    rng = generator(seed, purpose)
    weight = 1.0 / (np.arange(len(SURNAMES)) + 4.0)
    names: dict[str, None] = {}
    while len(names) < count:
        surname = SURNAMES[rng.choice(len(SURNAMES), p=weight / weight.sum())]
        first = "" if rng.random() < SHARE_OF_SHORT_NAMES else GIVEN_FIRST[rng.integers(len(GIVEN_FIRST))]
        names.setdefault(surname + first + GIVEN_SECOND[rng.integers(len(GIVEN_SECOND))])
    return list(names)


def departments(index: AreaIndex) -> list[DepartmentSeed]:
    """The county's departments, in the order of the directory."""
    code = index.county.code
    return [
        DepartmentSeed(
            key, name, presence, f"{code}/{key}", invented_telephone(code, FIRST_TELEPHONE + number)
        )
        for number, (key, name, presence) in enumerate(DEPARTMENTS)
    ]


def units(index: AreaIndex, seed: int) -> list[UnitSeed]:
    """All units: an officer per grid, a patrol per township, a team per department, and the mediation teams."""
    grids, towns, county = index.level("grid"), index.level("township"), index.county
    names = person_names(seed, len(grids), "grid officers")
    found = [
        ("grid_officer", name, grid.parent_code or grid.code, grid)
        for name, grid in zip(names, grids, strict=True)
    ]
    found += [("patrol", f"{town.name}巡逻队", town.code, town) for town in towns]
    found += [("department", f"{name}工作组", f"{county.code}/{key}", county) for key, name, _ in DEPARTMENTS]
    found += [("mediation", f"{area.name}人民调解队", area.code, area) for area in (county, *towns)]
    return [
        _unit(kind, name, desk, area, invented_telephone(county.code, FIRST_TELEPHONE + 100 + number))
        for number, (kind, name, desk, area) in enumerate(found)
    ]


def _unit(kind: str, name: str, desk: str, area: Area, telephone: str) -> UnitSeed:
    return UnitSeed(kind, name, desk, area.code, telephone, *area.seat)
