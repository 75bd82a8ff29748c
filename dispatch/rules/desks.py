"""Desks (承办单位): who can have custody, and who stands above whom. The code is the hierarchy."""

LEVEL_OF_LENGTH = {6: "county", 9: "township", 12: "village", 15: "grid"}
LENGTH_OF_LEVEL = {level: length for length, level in LEVEL_OF_LENGTH.items()}
# A grid is no desk of its own: its officer sits at the village's.
DESK_LENGTHS = (6, 9, 12)


def area_of(desk: str) -> str:
    """Return the area code of a desk, be it an area's or a department's."""
    return desk.partition("/")[0]


def is_department(desk: str) -> bool:
    """Say whether the desk is a department's (`620821/police`)."""
    return "/" in desk


def tier_of(desk: str) -> str:
    """Return `county`, `township`, `village` or `department`."""
    return "department" if is_department(desk) else LEVEL_OF_LENGTH[len(desk)]


def superior_of(desk: str) -> str | None:
    """Return the area desk directly above; None above the county, where a leader stands."""
    if is_department(desk):
        return area_of(desk)
    shorter = [length for length in DESK_LENGTHS if length < len(desk)]
    return desk[: shorter[-1]] if shorter else None


def is_superior(desk: str, of: str) -> bool:
    """Say whether `desk` is an area desk anywhere above the desk `of`."""
    if is_department(desk) or desk == of:
        return False
    if is_department(of):
        return area_of(of).startswith(desk)
    return of.startswith(desk)


def may_hand_down(giver: str, to: str) -> bool:
    """Say whether `to` lies below `giver`: an area desk inside it, or a department of its own code."""
    if is_department(giver):
        return False
    if is_department(to):
        return area_of(to) == giver
    return len(to) in DESK_LENGTHS and to != giver and to.startswith(giver)


def may_transfer(giver: str, to: str) -> bool:
    """Say whether `to` stands beside `giver`: areas of one parent, or departments of one code."""
    if to == giver or is_department(giver) != is_department(to):
        return False
    beside = superior_of(giver) is not None and superior_of(to) == superior_of(giver)
    return beside and (is_department(to) or len(to) == len(giver))


def desk_for_area(code: str, level: str) -> str:
    """Return the area desk of `level` that a place belongs to, or the deepest there is above it."""
    length = min(LENGTH_OF_LEVEL[level], max(n for n in DESK_LENGTHS if n <= len(code)))
    return code[:length]


def commands(desk: str, unit_desk: str, unit_area: str) -> bool:
    """Say whether a desk may send a unit: its own units, or an area desk any unit of its area."""
    if desk == unit_desk:
        return True
    return not is_department(desk) and unit_area.startswith(desk)
