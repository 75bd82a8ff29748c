"""Words of the wall."""

WORDS: dict[str, tuple[str, str]] = {
    "wall.open": ("在办案件", "Open cases"),
    "wall.late_short": ("超", "late "),
    "wall.late_count": ("已超时 {n}", "{n} late"),
    "wall.received_today": ("今日接报", "Received"),
    "wall.closed_today": ("办结", "Closed"),
    "wall.county_centre": ("县中心", "County centre"),
    "wall.units_and_more": ("{unit}等{n}支", "{unit} and others ({n})"),
    "wall.units": ("处置力量", "Units"),
    "wall.kind_grid_officer": ("网格员", "Grid officer"),
    "wall.kind_patrol": ("巡逻队", "Patrol"),
    "wall.kind_department": ("部门", "Department"),
    "wall.kind_mediation": ("调解队", "Mediation"),
    "wall.response": ("响应时效", "Response"),
    # Beside lengths in metres "m" would be read as one.
    "wall.minute": ("分", "min"),
    "wall.last_24_h": ("24小时", "24 h"),
    # Read with the figures below: half of the cases were answered within 48 seconds, nine in ten within 2 minutes.
    "wall.half": ("半数不超", "Half in"),
    "wall.nine_in_ten": ("九成不超", "90% in"),
    "wall.next": ("最近到期", "Next to breach"),
    "wall.next_none": ("没有在走的时限", "No clock is running"),
    # Clocks whose names are too long to stand beside a place.
    "wall.clock.answer": ("答复", "Answer"),
    "wall.clock.grant": ("审批", "Request"),
    "wall.facts": ("最新动态", "Latest"),
    "wall.leader_on_duty": ("值班领导", "On duty"),
    "wall.no_leader": ("未排班", "Not rostered"),
}
