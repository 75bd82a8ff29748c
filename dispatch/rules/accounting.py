"""责任追究 and 保全: a desk is asked to account for a part of the way that lay in its hands; evidence is preserved."""

from collections.abc import Mapping
from dataclasses import replace

from dispatch.rules.case import Account, Case, Preservation
from dispatch.rules.command import Command, Context, Handler, Outcome
from dispatch.rules.vocabulary import Move
from gis.errors import Conflict, InvalidInput, MoveNotAllowed


def _call(case: Case, command: Command, context: Context) -> Outcome:
    hop = -1 if command.hop is None else command.hop
    if not 0 <= hop < len(case.custody) or case.custody[hop].to_at is None:
        raise InvalidInput("name a hop that has ended, by its place in the chain from 0", code="no_such_hop")
    if case.account_of(hop) is not None:
        raise Conflict("this hop was called to account before", code="account_open")
    account = Account(hop, case.custody[hop].desk, context.at)
    called = replace(case, accounts=(*case.accounts, account))
    return Outcome(called, detail={"hop": hop, "desk": account.desk})


def _settle(case: Case, command: Command, context: Context) -> Outcome:
    account = case.account_of(command.hop)
    if account is None or account.settled_at is not None:
        raise MoveNotAllowed("this hop is not called to account", code="no_account")
    settled = replace(account, finding=command.finding, settled_at=context.at)
    accounts = tuple(settled if one is account else one for one in case.accounts)
    detail = {"hop": account.hop, "desk": account.desk, "finding": str(command.finding)}
    return Outcome(replace(case, accounts=accounts), detail=detail)


def _preserve(case: Case, _: Command, context: Context) -> Outcome:
    return Outcome(replace(case, preservation=Preservation(context.at, context.actor.name)))


def _release(case: Case, _: Command, context: Context) -> Outcome:
    return Outcome(replace(case, preservation=None))


ACCOUNTING_HANDLERS: Mapping[Move, Handler] = {
    Move.CALL_TO_ACCOUNT: _call,
    Move.SETTLE_ACCOUNT: _settle,
    Move.PRESERVE: _preserve,
    Move.RELEASE: _release,
}
