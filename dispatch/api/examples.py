"""Bodies to begin with, one or more for each route that takes one. A test validates each against its route's schema.

Every code is of the demonstration county and stands here once: whoever tries them elsewhere puts his own in its place.
"""

from typing import Any

from dispatch.rules.moves import MOVES, Rule
from dispatch.rules.vocabulary import Move

COUNTY = "620821"
TOWNSHIP = f"{COUNTY}101"
VILLAGE = f"{TOWNSHIP}201"
GRID = f"{VILLAGE}001"
OFFICER = f"grid.{GRID}"
POLICE = f"{COUNTY}/police"
CAMERA = f"{COUNTY}02001310300001"
LON, LAT = 107.35, 35.33
AT = "2026-11-24T02:00:00Z"
ANOTHER_CASE = "7b0c3f52-58f1-4a0e-9f6e-3d5b8f1a2c11"
SAYS_SO = (
    f"Codes in examples are those of the demonstration county, Jingchuan ({COUNTY}): its township {TOWNSHIP}, village "
    f"{VILLAGE}, grid {GRID}. Put your own in their place."
)

REPORT = {"text": "村口路灯不亮", "category": "power_water", "area_code": VILLAGE}
CALLER = {"name": "王女士", "phone": "13900000000"}
# What comes with a move, by the name of the field; `to` stands beside the moves that name a desk.
WITH_A_MOVE: dict[str, Any] = {
    "reason": "不属于本村职责",
    "text": "已联系当事人，约定下午到场",
    "result": "已更换灯泡",
    "where_to_turn": "县供电公司营业厅",
    "units": [OFFICER],
    "unit": OFFICER,
    "passed": True,
    "cause": "weather",
    "until": "2026-11-27T02:00:00Z",
    "hours": 8,
    "target": "resolve",
    "score": 5,
    "into": ANOTHER_CASE,
    "hop": 0,
    "finding": "reminded",
    "priority": 2,
}
TO = {
    Move.HAND_DOWN: VILLAGE,
    Move.TRANSFER: f"{COUNTY}102",
    Move.DECIDE: TOWNSHIP,
    Move.ASK_HELP: POLICE,
}
# An edit has no part that it needs, and must change one.
BESIDES = {Move.EDIT: ("priority",)}


def _of_a_move(move: Move, rule: Rule) -> dict[str, Any]:
    """Return a move with all that it needs."""
    needed = (*(one.name for one in rule.fields if one.required), *BESIDES.get(move, ()))
    with_it = {name: TO[move] if name == "to" else WITH_A_MOVE[name] for name in needed}
    return {"move": str(move), "expected_version": 1, **with_it}


def of_moves() -> dict[str, dict[str, Any]]:
    """Return one body for each move of a case."""
    return {str(move): _of_a_move(move, rule) for move, rule in MOVES.items()}


EXAMPLES: dict[tuple[str, str], dict[str, dict[str, Any]]] = {
    ("post", "/api/cases"): {
        "a citizen rings": {**REPORT, "reporter": CALLER},
        "at a place": {"text": "山坡有落石", "category": "landslide", "lon": LON, "lat": LAT, "crs": "gcj02"},
    },
    ("post", "/api/cases/{case_id}/moves"): of_moves(),
    ("post", "/api/cases/{case_id}/reports"): {
        "a repeat caller": {"text": "路灯还是不亮", "source": "hotline", "reporter": CALLER}
    },
    ("post", "/api/cases/{case_id}/steps"): {"done": {"step": "first_aid", "done": True}},
    ("post", "/api/intake/proposal"): {
        "what was typed so far": {"text": "问城村村口路灯不亮", "phone": "13900000000"}
    },
    ("post", "/api/alarms"): {
        "a camera": {"device": CAMERA, "type": "fire"},
        "as GB/T 28181 codes it": {"device": CAMERA, "type": "gb28181:5/6", "lon": LON, "lat": LAT},
    },
    ("post", "/api/positions"): {
        "one fix": {"positions": [{"unit": OFFICER, "lon": LON, "lat": LAT, "at": AT, "speed_mps": 1.2}]}
    },
    ("post", "/api/areas/locate"): {"two places": {"places": [[LON, LAT], [LON, LAT - 0.1]], "crs": "wgs84"}},
    ("post", "/api/units/{unit_id}/duty"): {"off duty": {"on_duty": False}},
    ("post", "/api/reports/{query_code}/rating"): {"content": {"score": 5, "text": "处理很快"}},
    ("post", "/api/reports/{query_code}/reopen"): {"not settled": {"reason": "路灯又不亮了"}},
    ("post", "/api/reports/{query_code}/cancel"): {"withdrawn": {"reason": "已自行解决"}},
    ("post", "/api/warnings/{card_id}/moves"): {
        "acknowledge": {"move": "acknowledge", "expected_version": 1},
        "notify": {"move": "notify", "expected_version": 2, "text": "限期整改超时办件", "days": 3},
        "answer": {"move": "answer", "expected_version": 3, "text": "已逐件督促办结"},
        "check": {"move": "check", "expected_version": 4, "passed": True},
    },
    ("post", "/api/session"): {
        "a person": {"username": "zhang", "password": "correct horse battery"},
        "a wall screen": {"token": "the secret of POST /api/admin/kiosks"},
    },
    ("put", "/api/session"): {"in English": {"language": "en"}},
    ("post", "/api/demo/session"): {"a township": {"role": "duty_officer", "area": TOWNSHIP}},
    ("post", "/api/admin/accounts"): {
        "an officer in the field": {
            "username": "zhang",
            "name": "张网格员",
            "password": "correct horse battery",
            "role": "grid_officer",
            "area": GRID,
            "desk": VILLAGE,
            "unit": OFFICER,
        }
    },
    ("put", "/api/admin/accounts/{account_id}/password"): {"new": {"password": "correct horse battery"}},
    ("put", "/api/admin/accounts/{account_id}/role"): {
        "to the township": {"role": "duty_officer", "area": TOWNSHIP}
    },
    ("post", "/api/admin/tokens"): {
        "a gateway of cameras": {"name": "camera gateway", "role": "device", "area": COUNTY, "days": 365}
    },
    ("post", "/api/admin/kiosks"): {"the hall": {"name": "大厅大屏", "area": COUNTY}},
}
