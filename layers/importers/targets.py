"""Which layers can be filled, and their columns: how files call them, how they are read, what stands in if absent."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table

from layers.importers import values, vocabulary
from layers.tables import LENGTH_OF_LEVEL, areas, cameras, facilities, pois, roads, waters


@dataclass(frozen=True, slots=True)
class Field:
    """One column; `titles` are words with spaces between; `default` is for new rows of a file that lacks it."""

    name: str
    titles: str
    read: Callable[[Any], Any]
    required: bool = False
    default: Any = None


@dataclass(frozen=True, slots=True)
class Target:
    """One layer, or a table without places (`geometry` is empty); `geometry` is what it may be made of."""

    name: str
    title: str
    table: Table
    geometry: str
    fields: tuple[Field, ...]
    level: str | None = None
    words: tuple[str, ...] = ()

    @property
    def places(self) -> tuple[Field, ...]:
        """The columns that make its geometry where a file has none."""
        return PLACE_FIELDS if self.geometry else ()

    @property
    def located(self) -> bool:
        """Whether each row lies in an area and says so."""
        return "area_code" in self.table.c

    def field(self, name: str) -> Field:
        """Return the column of that name."""
        return next(one for one in self.fields if one.name == name)


# Columns that make the geometry of a table without one.
PLACE_FIELDS = (
    Field(
        "lon",
        "lon lng long longitude 经度 东经 x x坐标 coord_x point_x 东坐标 gps_lon",
        values.text,
    ),
    Field(
        "lat",
        "lat latitude 纬度 北纬 y y坐标 coord_y point_y 北坐标 gps_lat",
        values.text,
    ),
    Field("wkt", "wkt geom geometry the_geom 图形 坐标串 wkt_geom", values.text),
)

NAME_TITLES = "name mc 名称 名字 title 点位名称 单位名称"
# No `id` or OBJECTID: programs number anew whenever they save. Who trusts his says --map code=id.
CODE_TITLES = "code 编码 代码 编号 bm bh dm"
TELEPHONE = Field(
    "telephone",
    "telephone phone tel 电话 联系电话 lxdh 值班电话 联系方式",
    lambda value: values.text(value, 40),
)


def _area(level: str, title: str, words: tuple[str, ...], codes: str, names: str) -> Target:
    fields = (
        Field(
            "code",
            f"code {codes} 区划代码 行政区划代码 区划编码 行政区代码 zldwdm adcode 编码 代码 pac dm",
            values.area_code(level),
            required=True,
        ),
        Field(
            "name",
            f"name {names} {NAME_TITLES} xzqmc zldwmc 区划名称 行政区名称",
            values.text,
            required=True,
        ),
        Field("full_name", "full_name fullname 全称 完整名称 全名 qc", values.text),
    )
    return Target(level, title, areas, "Polygon", fields, level, words)


AREAS = (
    _area(
        "county",
        "县",
        ("county", "县界", "县区", "县级", "区县", "district", "xian", "xjxzq"),
        "xzqdm county_code 县代码 区县代码 xdm",
        "county_name 县名 县名称 区县名称 xmc",
    ),
    _area(
        "township",
        "乡镇",
        ("township", "乡镇", "街道", "镇界", "乡镇界", "town", "xiangzhen", "xjxzq_xz", "xzq", "xz"),
        "xzqdm township_code town_code 乡镇代码 街道代码 xzdm xiangdm",
        "township_name town_name 乡镇名称 街道名称 乡镇 xzmc",
    ),
    _area(
        "village",
        "村",
        ("village", "村界", "村", "社区", "行政村", "cun", "cjdcq", "cj"),
        "village_code 村代码 村居代码 社区代码 cdm cundm xzqdm zldwdm",
        "village_name 村名 村名称 社区名称 村居名称 cmc",
    ),
    _area(
        "grid",
        "网格",
        ("grid", "网格", "wangge", "wg"),
        "grid_code 网格编码 网格代码 网格编号 wgdm wgbm wgbh",
        "grid_name 网格名称 网格名 wgmc",
    ),
)

OTHERS = (
    Target(
        "road",
        "道路",
        roads,
        "LineString",
        (
            Field("code", f"{CODE_TITLES} 路线编号 道路编号 lxbh osm_id", values.own_code),
            Field(
                "name",
                f"{NAME_TITLES} 道路名称 路名 路线名称 dlmc lxmc",
                values.text,
                default="无名路",
            ),
            Field(
                "road_class",
                "road_class class roadclass 等级 道路等级 公路等级 技术等级 行政等级 类型 道路类型 dldj xzdj "
                "fclass highway grade",
                values.one_of(vocabulary.ROAD_CLASSES),
                required=True,
            ),
            Field(
                "speed_kmh",
                "speed_kmh speed maxspeed 限速 设计速度 设计车速 sjsd 车速",
                values.number(1, 200),
            ),
            Field(
                "one_way",
                "one_way oneway 单行 单行道 单向 通行方向 dx",
                values.yes_no,
                default=False,
            ),
            Field(
                "closed",
                "closed 封闭 关闭 中断 通行状态 封路 禁行",
                values.yes_no,
                default=False,
            ),
        ),
        words=("road", "roads", "道路", "公路", "路网", "lrdl", "lrrl", "street"),
    ),
    Target(
        "water",
        "水系",
        waters,
        "LineString",
        (
            Field("code", f"{CODE_TITLES} 河流代码 河流编码", values.own_code),
            Field("name", f"{NAME_TITLES} 河流名称 河名 hlmc", values.text, default="无名河"),
            Field(
                "kind",
                "kind type 类型 类别 fclass waterway",
                values.one_of(vocabulary.WATER_KINDS),
                default="river",
            ),
            Field("width_m", "width_m width 宽度 河宽", values.number(0.1, 5_000), default=10.0),
        ),
        words=("water", "waters", "河流", "水系", "hydl", "river", "rivers", "waterway"),
    ),
    Target(
        "camera",
        "摄像机",
        cameras,
        "Point",
        (
            Field(
                "code",
                "code 设备编码 国标编码 国标id 国标编号 gbid gb_id gb28181 "
                "deviceid device_id 摄像机编码 设备国标编码 sbbm channelid 通道编码 编码 代码",
                values.camera_code,
                required=True,
            ),
            Field(
                "name",
                f"{NAME_TITLES} 设备名称 摄像机名称 点位 sbmc 通道名称",
                values.text,
                required=True,
            ),
            Field(
                "kind",
                "kind type 点位类型 类型 监控点位类型 场所类型 类别",
                values.one_of(vocabulary.CAMERA_KINDS),
                default="public",
            ),
            Field(
                "bearing_deg",
                "bearing_deg bearing 方位角 朝向 方向 监视方位 direction azimuth heading",
                values.bearing,
            ),
            Field(
                "field_of_view_deg",
                "field_of_view_deg fov 视场角 可视角度 视角 field_of_view 水平视场角",
                values.degrees,
            ),
            Field(
                "health",
                "health status 状态 设备状态 在线状态 运行状态 是否在线",
                values.one_of(vocabulary.CAMERA_HEALTH),
                default="online",
            ),
            Field(
                "stream_url",
                "stream_url stream rtsp url 流地址 视频流 取流地址 播放地址",
                values.address,
            ),
        ),
        words=("camera", "cameras", "摄像机", "摄像头", "监控", "视频", "雪亮", "探头", "sxj"),
    ),
    Target(
        "facility",
        "设施",
        facilities,
        "Point",
        (
            Field("code", f"{CODE_TITLES} 单位编码 设施编码", values.own_code),
            Field(
                "name",
                f"{NAME_TITLES} 设施名称 机构名称 小区名称 学校名称",
                values.text,
                required=True,
            ),
            Field(
                "kind",
                "kind type 类型 类别 设施类型 单位类型 机构类型 fclass amenity lx lb",
                values.one_of(vocabulary.FACILITY_KINDS),
                required=True,
            ),
            TELEPHONE,
        ),
        words=("facility", "facilities", "设施", "机构", "单位", "小区", "学校", "医院", "派出所"),
    ),
    Target(
        "poi",
        "兴趣点",
        pois,
        "Point",
        (
            Field("code", f"{CODE_TITLES} poi_id", values.own_code),
            Field("name", f"{NAME_TITLES} 地名", values.text, required=True),
            Field(
                "kind",
                "kind type 类型 类别 fclass 大类 lx lb",
                values.one_of(vocabulary.POI_KINDS),
                default="other",
            ),
        ),
        words=("poi", "pois", "兴趣点", "地名点", "地名"),
    ),
)

# In the order in which a whole county is brought in: what lies in something comes after it.
TARGETS = {target.name: target for target in (*AREAS, *OTHERS)}
LEVELS = tuple(LENGTH_OF_LEVEL)
