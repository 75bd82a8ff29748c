"""The words that files use, in Chinese and English, and ours for them. One table a vocabulary; add a word here."""

Vocabulary = dict[str, tuple[str, ...]]

ROAD_CLASSES: Vocabulary = {
    "trunk": (
        *("国道", "省道", "高速", "高速公路", "快速路", "主干道", "主干路", "一级公路", "干线"),
        *(
            "G",
            "S",
            "motorway",
            "trunk",
            "primary",
            "motorway_link",
            "trunk_link",
            "primary_link",
            "national",
        ),
    ),
    "county": ("县道", "次干道", "次干路", "二级公路", "X", "secondary", "secondary_link"),
    "township": ("乡道", "镇道", "支路", "三级公路", "街道", "Y", "tertiary", "tertiary_link", "town"),
    "village": (
        *(
            "村道",
            "通村路",
            "组道",
            "机耕路",
            "四级公路",
            "等外公路",
            "小路",
            "巷道",
            "C",
            "V",
            "unclassified",
        ),
        *("residential", "service", "track", "living_street", "path", "road"),
    ),
}
SPEED_KMH = {"trunk": 70.0, "county": 50.0, "township": 35.0, "village": 20.0}

FACILITY_KINDS: Vocabulary = {
    "centre": ("综治中心", "县综治中心", "社会治安综合治理中心", "社会治理中心", "指挥中心", "center"),
    "township_centre": ("乡镇综治中心", "镇综治中心", "街道综治中心", "综治站", "township_center"),
    "hall": ("大厅", "服务大厅", "综合服务大厅", "引导大厅"),
    "zone": ("功能区", "区域", "服务区"),
    "mediation_room": ("调解室", "矛盾调解室", "纠纷调解室", "人民调解室"),
    "room": ("功能室", "接访室", "会议室", "研判室", "监控室", "心理咨询室", "办公室"),
    "police": ("公安局", "派出所", "警务室", "警务站", "公安", "交警队", "police_station"),
    "hospital": ("医院", "卫生院", "卫生室", "卫生所", "诊所", "医疗", "clinic", "health"),
    "fire": ("消防", "消防站", "消防队", "消防救援站", "消防救援大队", "微型消防站", "fire_station"),
    "school": (
        "学校",
        "小学",
        "中学",
        "初中",
        "高中",
        "幼儿园",
        "教育",
        "职业学校",
        "kindergarten",
        "college",
    ),
    "compound": ("小区", "智慧小区", "智慧安防小区", "住宅小区", "社区小区", "residential", "estate"),
}

POI_KINDS: Vocabulary = {
    "committee": ("村委会", "居委会", "村民委员会", "居民委员会", "党群服务中心", "便民服务中心"),
    "market": ("市场", "集市", "集贸市场", "农贸市场", "商场", "超市", "购物", "mall", "supermarket"),
    "station": ("车站", "客运站", "汽车站", "公交站", "火车站", "bus_station", "bus_stop"),
    "square": ("广场", "文化广场", "公园", "park", "plaza"),
    "government": ("政府", "机关", "镇政府", "乡政府", "政府机关", "办事处", "townhall"),
    "religion": ("宗教", "寺庙", "教堂", "清真寺", "道观", "temple", "church", "mosque"),
    "enterprise": ("企业", "公司", "工厂", "厂矿", "合作社", "company", "factory"),
    "hazard": ("危险源", "加油站", "加气站", "危化品", "隐患点", "地质灾害点", "fuel"),
    "other": ("其他", "其它", "兴趣点", "地名"),
}

CAMERA_HEALTH: Vocabulary = {
    "online": ("在线", "正常", "良好", "完好", "启用", "运行", "1", "on", "ok", "normal", "active"),
    "offline": ("离线", "断线", "停用", "未接入", "不在线", "0", "off"),
    "fault": ("故障", "损坏", "异常", "报修", "维修", "2", "error", "broken"),
}
CAMERA_KINDS: Vocabulary = {
    "road": ("道路", "路段", "公路", "卡口", "交通"),
    "junction": ("路口", "交叉口", "十字路口", "电警", "电子警察"),
    "village": ("村口", "村庄", "农村", "村社", "乡村"),
    "public": (
        "公共场所",
        "公共区域",
        "重点部位",
        "广场",
        "治安",
        "一类点",
        "二类点",
        "三类点",
        "枪机",
        "球机",
    ),
    "compound": ("小区", "出入口", "社区", "住宅"),
    "school": ("学校", "校门", "校园"),
}
WATER_KINDS: Vocabulary = {
    "river": ("河", "河流", "江", "干流", "支流", "川"),
    "stream": ("溪", "沟", "山洪沟", "沟道"),
    "canal": ("渠", "渠道", "水渠", "运河", "灌渠", "ditch"),
}
YES = (
    "是",
    "有",
    "单行",
    "单行道",
    "单向",
    "封闭",
    "关闭",
    "中断",
    "禁行",
    "1",
    "y",
    "yes",
    "t",
    "true",
    "f_t",
    "tf",
)
NO = ("否", "无", "双行", "双向", "开放", "畅通", "通行", "正常", "0", "n", "no", "f", "false", "b", "-")
COMPASS = {
    word: 45 * number
    for words in ("北 东北 东 东南 南 西南 西 西北", "n ne e se s sw w nw")
    for number, word in enumerate(words.split())
}


def meaning(vocabulary: Vocabulary, word: str) -> str | None:
    """Return our word for somebody's, None where the table does not have it."""
    said = word.strip().lower()
    for ours, theirs in vocabulary.items():
        if said == ours or said in (one.lower() for one in theirs):
            return ours
    return None
