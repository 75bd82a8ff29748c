"""`wall erase`: what is kept no longer, now and not within the hour; or one case's data, because somebody asks."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from gis.clock import now
from gis.errors import Conflict
from wall_ui.console import measured, shown, spoken, tell, word

if TYPE_CHECKING:
    from dispatch.actions.erasure import Erased, Erasure
    from dispatch.erasure import DueNow
    from dispatch.rules.retention import Due, RetentionRule
    from gis.database import Database
    from gis.settings import Settings

T = TypeVar("T")
Ask = Callable[["Database", Sequence["RetentionRule"]], Awaitable[T]]


def erase(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, and erase nothing.")] = False,
    case: Annotated[
        str | None, typer.Option(help="The number or id of one case, whose reporter asks for it.")
    ] = None,
    reason: Annotated[
        str | None, typer.Option(help="Who asked, when and why: kept with the case, and in no log.")
    ] = None,
) -> None:
    """Erase what is kept no longer by the rules of retention.toml, as a wall that is served does by itself."""
    why = (reason or "").strip()
    if (case is None) == bool(why):
        tell(word("erase.needs_reason" if case else "erase.needs_case"))
        raise typer.Exit(2)
    from wall_ui.command_line import load_settings

    settings = load_settings()
    if case is not None:
        _on_request(settings, case, why, dry_run=dry_run)
    elif dry_run:
        _say_due(settings)
    else:
        _by_rule(settings)


def _asked(settings: "Settings", ask: Ask[T]) -> T:
    """Ask the database something under the house's rules, and return the answer."""
    from dispatch.rulebook import load_rulebook
    from gis.database import Database
    from wall_ui.processes import StopInOrder
    from wall_ui.reached import reached

    rules = load_rulebook(settings.wall_book).retention

    async def answered(url: str) -> T:
        db = Database(url, pool_size=2)
        try:
            return await ask(db, rules)
        finally:
            await db.close()

    with ExitStack() as until_the_end:
        until_the_end.enter_context(StopInOrder())
        return asyncio.run(answered(until_the_end.enter_context(reached(settings)).app))


def _say_due(settings: "Settings") -> None:
    from dispatch.erasure import due_now

    with shown(word("erase.counting")):
        counted = _asked(settings, lambda db, rules: due_now(db, rules, now()))
    due = [one for one in counted if one.rows]
    for one in due:
        tell(_in_words(one))
    tell(word("erase.dry_run" if due else "erase.nothing_due"))


def _in_words(one: "DueNow") -> str:
    key = "erase.due" if one.cases else "erase.due_beside"
    return word(key, name=_name(one.rule), reason=_reason(one.rule), rows=one.rows, cases=one.cases)


def _name(rule: "RetentionRule") -> str:
    return rule.name if spoken() == "zh" else rule.name_en


def _reason(rule: "RetentionRule") -> str:
    return rule.reason if spoken() == "zh" else rule.reason_en


def _by_rule(settings: "Settings") -> None:
    from dispatch.attachments.folder import Folder
    from dispatch.erasure import due_now
    from dispatch.erasure_watch import ErasureWatch

    folder, at = Folder(settings.attachments_folder), now()
    gone: Counter[str] = Counter(cases=0, reporter=0, words=0, files=0)

    with measured(word("erase.erasing")) as done:

        async def erased(db: "Database", rules: "Sequence[RetentionRule]") -> None:
            in_all = sum(one.cases for one in await due_now(db, rules, at))

            def told(erasure: "Erasure") -> None:
                gone["cases"] += bool(erasure.erased)
                gone.update({str(one.what): one.count for one in erasure.erased})
                done(min(1.0, gone["cases"] / max(1, in_all)))

            await ErasureWatch(db, folder, rules, rests_s=0, told=told).look_once(at)

        _asked(settings, erased)
    tell(word("erase.done", **gone))


def _on_request(settings: "Settings", named: str, why: str, *, dry_run: bool) -> None:
    from dispatch.actions.casefiles import case_named
    from dispatch.actions.erasure import erase_case, would_erase
    from dispatch.attachments.folder import Folder
    from gis.actor import SYSTEM

    folder = Folder(settings.attachments_folder)

    async def erased(db: "Database", rules: "Sequence[RetentionRule]") -> "Erasure":
        async with db.read(SYSTEM) as tx:
            case_id = await case_named(tx, named)
        if dry_run:
            return await would_erase(db, rules, case_id, now(), why)
        return await erase_case(db, folder, rules, case_id, now(), asked=why)

    try:
        erasure = _asked(settings, erased)
    except Conflict as error:
        tell(word("erase.refused", number=error.extra["number"], why=word(f"erase.why.{error.code}")))
        _say_what_stays(error.extra.get("stays", ()))
        raise typer.Exit(1) from None
    key = "erase.would" if dry_run else "erase.of_case"
    tell(word(key, number=erasure.number, erased=_listed(erasure.erased)))
    _say_what_stays(erasure.stays)
    if dry_run:
        tell(word("erase.dry_run"))


def _listed(erased: "Iterable[Erased]") -> str:
    return ("、" if spoken() == "zh" else ", ").join(word(f"erase.{one.what}", n=one.count) for one in erased)


def _say_what_stays(stays: "Iterable[tuple[Due, int]]") -> None:
    for due, count in stays:
        what = word(f"erase.{due.rule.what}", n=count)
        tell(word("erase.stays", date=f"{due.due_at:%Y-%m-%d}", what=what, reason=_reason(due.rule)))
