"""Words of the wall."""

WORDS: dict[str, tuple[str, str]] = {
    "wall.open": ("在办案件", "Open cases"),
    "wall.overdue": ("超时", "overdue"),
    "wall.today": ("今日", "today"),
    "wall.received": ("接报", "received"),
    "wall.closed": ("办结", "closed"),
    "wall.units": ("处置力量", "Units"),
    "wall.on_duty": ("在岗", "on duty"),
    "wall.response": ("响应时效", "Response"),
    "wall.last_24_h": ("24小时", "24 h"),
    "wall.half": ("半数", "P50"),
    "wall.nine_in_ten": ("九成", "P90"),
    "wall.next": ("即将超时", "Next to breach"),
    "wall.next_none": ("没有在走的时限", "No clock is running"),
    "wall.facts": ("最新动态", "Latest"),
    "wall.leader_on_duty": ("值班领导", "On duty"),
    "wall.case": ("案件", "Cases"),
    "wall.unit": ("力量", "Units"),
    "wall.no_leader": ("未排班", "Not rostered"),
}
