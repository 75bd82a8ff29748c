"""Who reads which words."""

from dispatch.rules.reading import may_read
from tests.dispatch import county


def test_a_leader_reads_what_he_decides_by_and_nothing_that_people_told() -> None:
    decides_by = ("return_reason", "ask_suspend_reason", "object_reason", "supervise", "answer")
    own = ("decide_reason", "deny_reason", "call_to_account_reason", "settle_account")
    assert all(may_read(county.leader(), kind) for kind in (*decides_by, *own))
    told = ("report", "note", "result", "reply", "rate", "reopen_reason", "refuse_reason", "cancel_reason")
    assert not any(may_read(county.leader(), kind) for kind in told)
    assert all(may_read(county.dispatcher(), kind) for kind in told)
