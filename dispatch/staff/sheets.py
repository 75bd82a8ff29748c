"""The tables of desks and people: their columns and words, and where each role may sit."""

import re
from collections.abc import Mapping
from typing import Any

from dispatch.rules.vocabulary import UnitKind
from dispatch.tables import desks
from dispatch.tables_accounts import accounts
from gis.actor import Role
from layers.importers import values
from layers.importers.targets import NAME_TITLES, TELEPHONE, Field, Target
from layers.importers.values import BadValue, as_code, short
from layers.importers.vocabulary import Vocabulary, meaning

# The keys are those that categories, plans and procedures send to; a department of another name takes a key of its own.
DEPARTMENTS: Vocabulary = {
    "police": ("公安局", "公安", "县公安局", "公安分局"),
    "justice": ("司法局", "司法"),
    "civil_affairs": ("民政局", "民政"),
    "human_resources": ("人社局", "人力资源和社会保障局", "人社"),
    "housing": ("住建局", "住房和城乡建设局", "住建"),
    "emergency": ("应急管理局", "应急局", "应急"),
    "health": ("卫健局", "卫生健康局", "卫健委", "卫健"),
    "education": ("教育局", "教育", "教体局"),
    "agriculture": ("农业农村局", "农业局", "农业农村"),
    "natural_resources": ("自然资源局", "国土局", "自然资源"),
    "transport": ("交通运输局", "交通局", "交通"),
    "water": ("水务局", "水利局", "水务"),
    "market": ("市场监管局", "市场监督管理局", "市监局"),
    "letters": ("信访局", "信访"),
    "women": ("妇联", "妇女联合会"),
    "court": ("法院", "人民法院"),
}
ROLES: Vocabulary = {
    "dispatcher": ("调度员", "指挥员", "接警员", "坐席", "坐席员", "接线员"),
    "leader": ("领导", "县领导", "镇领导", "乡镇领导", "分管领导", "主任", "书记", "带班领导"),
    "duty_officer": ("值班员", "乡镇值班员", "镇值班员", "街道值班员", "综治专干", "综治办主任"),
    "village_officer": ("村干部", "社区干部", "村社干部", "村支书", "村主任", "村综治专干", "社区工作者"),
    "grid_officer": ("网格员", "专职网格员", "网格长", "专属网格员"),
    "department": ("部门", "部门人员", "部门联络员", "联络员", "窗口人员", "驻中心人员"),
    "mediator": ("调解员", "人民调解员", "专职调解员"),
    "auditor": ("审计员", "监督员", "纪检"),
    "admin": ("管理员", "系统管理员"),
    "none": ("无", "无账号", "-"),
}
UNITS: Vocabulary = {
    "grid_officer": ("网格员", "网格力量"),
    "patrol": ("巡逻队", "巡逻", "巡逻组", "巡防队", "巡防", "警车"),
    "department": ("部门队伍", "部门", "工作组", "执法队", "应急队", "救援队"),
    "mediation": ("调解队", "调解组", "调解室", "人民调解委员会", "调委会"),
    "none": ("无", "不是力量", "-"),
}
PRESENCE: Vocabulary = {
    "resident": ("常驻", "长驻", "进驻"),
    "rotating": ("轮驻", "轮流", "轮值"),
    "on_call": ("随叫随到", "随驻", "按需"),
}
# Which levels a unit may belong to; those of roles stand in `dispatch/rules/seats.py`.
LEVELS_OF_UNIT: Mapping[UnitKind, tuple[str, ...]] = {
    UnitKind.GRID_OFFICER: ("grid",),
    UnitKind.PATROL: ("county", "township", "village"),
    UnitKind.DEPARTMENT: ("county", "township"),
    UnitKind.MEDIATION: ("county", "township", "village"),
}
# Who is a unit as well, where the table does not say.
UNIT_OF_ROLE: Mapping[Role, UnitKind] = {
    Role.GRID_OFFICER: UnitKind.GRID_OFFICER,
    Role.MEDIATOR: UnitKind.MEDIATION,
}
KEY = re.compile(r"[a-z][a-z0-9_]{1,39}")


def desk_code(value: Any) -> str:
    """Read an area's code, the key of a department, or a department's usual name."""
    said = as_code(value)
    if said.isascii() and said.isdigit():
        return said
    return department(said)


def department(value: Any) -> str:
    """Read a department: its key, or its name, which the county's own desks may know where the table here does not."""
    said = values.text(value, 60)
    return meaning(DEPARTMENTS, said) or said


def username(value: Any) -> str:
    """Read what somebody logs in with."""
    said = as_code(value)
    if not 2 <= len(said) <= 60 or re.search(r"\s", said):
        raise BadValue("bad_username", value=short(said))
    return values.text(said, 60)


LEADER_TELEPHONE = Field(
    "leader_telephone", "leader_telephone 负责人电话 领导电话 负责人联系电话", TELEPHONE.read
)
DESK = Target(
    "desk",
    "承办单位",
    desks,
    "",
    (
        Field("code", "code 代码 编码 部门代码 单位代码 简称 key", desk_code),
        Field("name", f"name 部门名称 单位名称 部门 单位 {NAME_TITLES}", values.text, required=True),
        Field("area", "area 区域 所属区域 所属乡镇 区划 区划代码 area_code", values.text),
        TELEPHONE,
        Field("leader_name", "leader_name 负责人 领导 主要负责人 联系人", lambda one: values.text(one, 60)),
        LEADER_TELEPHONE,
        Field("presence", "presence 进驻方式 进驻 驻点方式", values.one_of(PRESENCE)),
        Field("around_the_clock", "around_the_clock 全天值守 24小时 昼夜值班 全天", values.yes_no),
    ),
    words=("desk", "desks", "承办单位", "部门", "成员单位", "department"),
)
PEOPLE = Target(
    "people",
    "人员",
    accounts,
    "",
    (
        Field("username", "username 账号 用户名 登录名 账户", username),
        Field("name", f"name 姓名 人员姓名 {NAME_TITLES}", lambda one: values.text(one, 60), required=True),
        Field("role", "role 角色 职务 岗位 身份 类别", values.one_of(ROLES), required=True),
        Field(
            "area",
            "area 区域 所属区域 所在区域 所属网格 所属村 所属乡镇 管辖区域 区划代码 区划 area_code 网格编码 辖区",
            values.text,
        ),
        Field("department", "department 部门 所属部门 单位 所在单位 工作单位", department),
        TELEPHONE,
        Field("unit", "unit 力量类型 力量 队伍类型 处置力量", values.one_of(UNITS)),
        Field("unit_name", "unit_name 力量名称 队伍名称 队伍", lambda one: values.text(one, 60)),
    ),
    words=("people", "persons", "staff", "人员", "花名册", "名册", "网格员", "队伍", "干部", "通讯录"),
)
SHEETS: Mapping[str, Target] = {target.name: target for target in (DESK, PEOPLE)}
