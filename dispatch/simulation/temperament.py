"""What robots are like: how long they take, and how often they do what. Everything to tune stands here."""

from datetime import timedelta

from dispatch.rules.vocabulary import AssignmentState, CaseClass, Move, Target

# Seconds until a robot has made up its mind, as medians: (emergencies, everything else).
MEDIAN_S: dict[Move, tuple[float, float]] = {
    Move.ACCEPT: (9, 28),
    Move.REFUSE: (30, 45),
    Move.CANCEL: (90, 150),
    Move.DISPATCH: (14, 35),
    Move.START: (20, 40),
    Move.ESCALATE: (20, 50),
    Move.HAND_DOWN: (20, 45),
    Move.TAKE: (12, 40),
    Move.RETURN: (20, 50),
    Move.RESOLVE: (280, 210),
    Move.CLEAR: (160, 160),
    Move.VERIFY: (60, 90),
    Move.SUPERVISE: (40, 60),
    Move.ANSWER: (60, 90),
    Move.ACKNOWLEDGE: (6, 10),
    Move.DECLINE: (10, 14),
    Move.DEPART: (14, 35),
    Move.ATTACH: (10, 15),
    Move.ARRIVE: (4, 6),
    Move.NOTE: (20, 45),
    Move.TAKE_OVER: (45, 60),
    Move.DECIDE: (50, 80),
    Move.ASK_SUSPEND: (60, 80),
    Move.ASK_EXTEND: (60, 80),
    Move.APPROVE: (40, 60),
    Move.DENY: (40, 60),
    Move.RESUME: (240, 300),
}
SPREAD = 0.5  # sigma of the log-normal delays

REFUSED_SHARE = 0.03
CANCELLED_SHARE = 0.04
DECLINED_SHARE = 0.04
RETURNED_SHARE = 0.1
FAILED_SHARE = 0.05
SUPERVISED_RED_SHARE = 0.35
SUPERVISED_SHARE = 0.02
SENT_AGAIN_SHARE = 0.6
NOTED_SHARE = 0.2
# A case that came back is offered once more, and the second offer is returned more easily: then it is disputed.
OFFERED_AGAIN_SHARE = 0.35
RETURNED_AGAIN_SHARE = 0.6
DECIDED_AS_IT_IS_SHARE = 0.6
ASKS_TO_WAIT_SHARE = 0.05
ASKS_FOR_TIME_SHARE = 0.06
DENIED_SHARE = 0.25
WAITS_FOR = timedelta(minutes=25)
MORE_HOURS = 24
TAKEN_OVER_SHARE = 0.15
ESCALATED_SHARE = {"village": 0.24, "township": 0.1}
TO_DEPARTMENT_SHARE = 0.4
TO_TOWNSHIP_SHARE = 0.12
TO_VILLAGE_SHARE = 0.14
MOST_HOPS = 3
# How often a desk deals with a category itself, on the telephone or at the table, instead of sending someone.
AT_THE_DESK_SHARE = {
    "inquiry": 1.0,
    "petition": 0.7,
    "medical_dispute": 0.8,
    "wage_dispute": 0.5,
    "consumer_dispute": 0.4,
    "fraud": 0.3,
    "help": 0.25,
    "land_dispute": 0.2,
}

# Lateness: how many cases miss one of their limits, and by how long a limit may lie ahead to be waited out.
LATE_SHARE = {
    CaseClass.EMERGENCY: 0.3,
    CaseClass.SIMPLE: 0.1,
    CaseClass.GENERAL: 0.04,
    CaseClass.COMPLEX: 0.0,
}
LATE_PHASES: dict[Move, Target] = {
    Move.ACCEPT: Target.ACCEPT,
    Move.TAKE: Target.TAKE,
    Move.DISPATCH: Target.DISPATCH,
    Move.START: Target.DISPATCH,
    Move.DEPART: Target.TURNOUT,
}
MOST_WAIT_S = 2700.0
# A unit that has not set out by then is called back and another one sent; one on its way is given longer.
PATIENCE_S = {AssignmentState.DISPATCHED: 720.0, AssignmentState.ACKNOWLEDGED: 2400.0}
PATIENCE_ENROUTE_S = 3600.0
