"""What roads, facilities, places and cameras are called in English: generic words translated, all else in pinyin."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from layers.latin import KINDS, in_english, in_pinyin

# The ends of names and what stands for them. The longest that fits is taken, so their order says nothing.
GENERICS: Final = {
    # centres
    "社会治安综合治理中心": "Social Governance Centre",
    "社会治理综合指挥中心": "Social Governance Centre",
    "矛盾纠纷调处中心": "Dispute Resolution Centre",
    "综治中心": "Governance Centre",
    "便民服务中心": "Public Service Centre",
    "群众接待大厅": "Reception Hall",
    "接待大厅": "Reception Hall",
    "大厅": "Hall",
    "引导等候区": "Waiting Zone",
    "受理接待区": "Intake Zone",
    "多元解纷区": "Dispute Resolution Zone",
    "指挥研判区": "Command Zone",
    "服务保障区": "Support Zone",
    "指挥调度室": "Dispatch Room",
    "分析研判室": "Analysis Room",
    "会商室": "Consultation Room",
    "视频会议室": "Video Conference Room",
    "会议室": "Meeting Room",
    "信访接待室": "Petition Room",
    "诉讼服务室": "Litigation Service Room",
    "检察服务室": "Procuratorial Service Room",
    "公共法律服务室": "Public Legal Service Room",
    "法律援助室": "Legal Aid Room",
    "公证服务室": "Notary Room",
    "劳动仲裁庭": "Labour Arbitration Court",
    "心理疏导室": "Counselling Room",
    "妇女儿童维权室": "Women and Children's Rights Room",
    "警务室": "Police Room",
    "档案室": "Archive",
    "人民调解室": "Mediation Room",
    "婚姻家庭纠纷调解室": "Family Mediation Room",
    "邻里纠纷调解室": "Neighbour Mediation Room",
    "土地承包纠纷调解室": "Land Mediation Room",
    "道路交通事故纠纷调解室": "Traffic Mediation Room",
    "劳动争议调解室": "Labour Mediation Room",
    "医疗纠纷调解室": "Medical Mediation Room",
    "物业纠纷调解室": "Property Mediation Room",
    "消费纠纷调解室": "Consumer Mediation Room",
    "调解室": "Mediation Room",
    # order, fire, health, schools
    "公安局": "Public Security Bureau",
    "公安分局": "Public Security Sub-bureau",
    "派出所": "Police Station",
    "交警大队": "Traffic Police Brigade",
    "司法所": "Justice Office",
    "人民法院": "People's Court",
    "人民法庭": "People's Tribunal",
    "法院": "Court",
    "检察院": "Procuratorate",
    "消防救援大队": "Fire and Rescue Brigade",
    "消防救援站": "Fire Station",
    "消防站": "Fire Station",
    "人民医院": "People's Hospital",
    "中医医院": "Chinese Medicine Hospital",
    "中医院": "Chinese Medicine Hospital",
    "妇幼保健院": "Maternity and Child Hospital",
    "社区卫生服务中心": "Community Health Centre",
    "中心卫生院": "Central Health Centre",
    "卫生院": "Health Centre",
    "卫生室": "Clinic",
    "医院": "Hospital",
    "中心小学": "Central Primary School",
    "实验小学": "Experimental Primary School",
    "小学": "Primary School",
    "初级中学": "Junior Middle School",
    "高级中学": "Senior Middle School",
    "中学": "Middle School",
    "幼儿园": "Kindergarten",
    "职业教育中心": "Vocational Education Centre",
    "敬老院": "Home for the Aged",
    # government and daily life
    "人民政府": "Government",
    "政府": "Government",
    "办事处": "Office",
    "村民委员会": "Village Committee",
    "村委会": "Village Committee",
    "社区居委会": "Community Committee",
    "居民委员会": "Residents' Committee",
    "居委会": "Residents' Committee",
    "党群服务中心": "Community Service Centre",
    "集贸市场": "Market",
    "农贸市场": "Market",
    "市场": "Market",
    "客运站": "Bus Station",
    "汽车站": "Bus Station",
    "火车站": "Railway Station",
    "加油站": "Filling Station",
    "文化广场": "Culture Square",
    "广场": "Square",
    "公园": "Park",
    "超市": "Supermarket",
    "饭店": "Restaurant",
    "宾馆": "Hotel",
    "水库": "Reservoir",
    "清真寺": "Mosque",
    "教堂": "Church",
    "寺": "Temple",
    "小区": "Residential Compound",
    "二区": "Zone 2",
    "花园": "Garden",
    "家园": "Homes",
    "佳苑": "Court",
    "名邸": "Mansions",
    "新村": "New Village",
    # where a camera stands
    "路段": "Section",
    "路口": "Junction",
    "村口": "Entrance",
    "出入口": "Gate",
    "校门": "School Gate",
    # waters and what is built
    "河": "River",
    "大桥": "Bridge",
    "桥": "Bridge",
    "隧道": "Tunnel",
    "有限公司": "Company",
    "公司": "Company",
    "合作社": "Cooperative",
    "厂": "Factory",
}
# Before these stands a name alone: 泾河干线 is no river.
ROADS: Final = {
    "高速公路": "Expressway",
    "高速": "Expressway",
    "公路": "Highway",
    "通组路": "Local Road",
    "县乡联络线": "County Link Road",
    "联络线": "Link Road",
    "干线": "Trunk Road",
    "大道": "Avenue",
    "大街": "Street",
    "街巷": "Lanes",
    "街": "Street",
    "巷": "Lane",
    "路": "Road",
    **{
        f"{at}{end}": f"{way} {said}"
        for at, way in zip("东西南北中", ("East", "West", "South", "North", "Middle"), strict=True)
        for end, said in (("路", "Road"), ("街", "Street"), ("大街", "Street"))
    },
}
CLASSES: Final = {
    "国道": "National",
    "省道": "Provincial",
    "县道": "County",
    "乡道": "Township",
    "村道": "Village",
}
DIGITS: Final = "一二三四五六七八九十"

_NUMBERED = re.compile(r"(.+?)第?([0-9]+)号(.*)")
_ORDINAL = re.compile(rf"(.*?)第([{DIGITS}])(.+)")
_OF_A_CLASS = re.compile(rf"([A-Z]?[0-9]+)?\s*({'|'.join(CLASSES)})\s*([A-Z]?[0-9]+)?")
_DASH = re.compile(r"\s*[—–－-]+\s*")
_TWICE = re.compile(r"\b(\w+) \1\b")
_AREA = re.compile("|".join(f".+?(?:{end})" for end, _ in KINDS))


class Called:
    """Says what things are called; `areas` are the county's own names of areas, which other names begin with."""

    def __init__(self, areas: Iterable[str]) -> None:
        self._areas = tuple(sorted(set(areas), key=len, reverse=True))
        self.in_english = lru_cache(maxsize=16_384)(self._in_english)

    def _in_english(self, name: str) -> str:
        """Return 玉都镇派出所 as Yudu Township Police Station, G312国道 as National Road G312."""
        name = name.strip()
        if not name or name.isascii():
            return name
        if area := next((one for one in self._areas if name.startswith(one)), ""):
            return self._joined(in_english(area), name[len(area) :])
        if said := GENERICS.get(name):
            return said
        if found := _OF_A_CLASS.fullmatch(name):
            return " ".join(part for part in (f"{CLASSES[found[2]]} Road", found[1] or found[3]) if part)
        if found := _NUMBERED.fullmatch(name):
            return self._joined(f"{self.in_english(found[1])} {found[2]}", found[3])
        if (found := _ORDINAL.fullmatch(name)) and found[3] in GENERICS:
            said = f"No. {DIGITS.index(found[2]) + 1} {GENERICS[found[3]]}"
            return f"{self.in_english(found[1])} {said}".strip()
        if road := self._ending(name, ROADS):
            return f"{self._of_a_road(road[0])} {road[1]}".strip()
        if thing := self._ending(name, GENERICS):
            return _TWICE.sub(r"\1", f"{self.in_english(thing[0])} {thing[1]}")
        return in_english(name) if _AREA.fullmatch(name) else in_pinyin(name)

    @staticmethod
    def _ending(name: str, ends: Mapping[str, str]) -> tuple[str, str] | None:
        """What stands before the longest end of a name, and the word for that end."""
        found = next((at for at in range(len(name)) if name[at:] in ends), None)
        return None if found is None else (name[:found], ends[name[found:]])

    @staticmethod
    def _of_a_road(name: str) -> str:
        """A road between two places bears both; else it may bear the name of a village."""
        parts = _DASH.split(name)
        if len(parts) > 1:
            return "–".join(in_pinyin(part) for part in parts)
        return in_english(name) if _AREA.fullmatch(name) else in_pinyin(name)

    def _joined(self, first: str, rest: str) -> str:
        return _TWICE.sub(r"\1", f"{first} {self.in_english(rest)}") if rest else first
