"""How long what people said is kept, and what keeps it longer (pure).

Which row says how long is the house's own (`dispatch/book/retention.toml`); that nothing of an open or preserved case
goes, and nothing before its time, is law and stands here. The database holds to it once more, by itself.
"""

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from dispatch.rules.calendar import CHINA
from dispatch.rules.case import Case
from dispatch.rules.vocabulary import OPEN, CaseClass

ONE_DAY = timedelta(days=1)


class Kept(StrEnum):
    """What is kept for a time: of each case who reported, words and files; and what gathers beside the cases."""

    REPORTER = "reporter"  # names and telephones of who reported
    WORDS = "words"  # narratives, notes, reasons, results
    FILES = "files"  # photos, recordings, documents
    SEARCHES = "searches"  # what somebody searched for, in the audit log
    ANSWERS = "answers"  # what a request was answered, kept so that its repetition is answered the same
    POSITIONS = "positions"  # where units were


OF_CASE = (Kept.REPORTER, Kept.WORDS, Kept.FILES)


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time by the calendar of China, as the Civil Code counts it (§§ 200–202): the day on which it begins
    does not count, and it ends with its last day."""

    months: int = 0
    days: int = 0

    def last_day(self, day: date) -> date:
        """Return the last day of a period that begins on `day`; where the month has no such day, the month's last."""
        if not self.months:
            return day + timedelta(days=self.days)
        year, month = divmod(day.year * 12 + day.month - 1 + self.months, 12)
        return _clipped(year, month + 1, day.day)

    def due_at(self, since: datetime) -> datetime:
        """Return the moment from which what ended at `since` is kept no longer."""
        return _start_of(self.last_day(since.astimezone(CHINA).date()) + ONE_DAY)

    def ended_before(self, at: datetime) -> datetime:
        """Return the moment before which a thing must have ended to be kept no longer at `at`.

        `since < ended_before(at)` says the same as `due_at(since) <= at`, for an index to serve it.
        """
        over = at.astimezone(CHINA).date() - ONE_DAY
        if not self.months:
            return _start_of(over - timedelta(days=self.days) + ONE_DAY)
        year, month = divmod(over.year * 12 + over.month - 1 - self.months, 12)
        # Every longer month's last days end on the last day of a shorter one.
        ends_month = (over + ONE_DAY).month != over.month
        return _start_of(_clipped(year, month + 1, 31 if ends_month else over.day) + ONE_DAY)


def _clipped(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA)


# Until then a decision may be taken to court (行政诉讼法 §46), and no table may let go of what it rests on; network
# logs are kept as long (网络安全法). The rest is what the product needs to work at all.
SIX_MONTHS = Period(months=6)
LEAST: dict[Kept, Period] = {
    **dict.fromkeys((*OF_CASE, Kept.SEARCHES), SIX_MONTHS),
    Kept.ANSWERS: Period(days=1),
    Kept.POSITIONS: Period(days=2),
}
MOST_MONTHS = 100 * 12


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """One row: what is kept how long after a case of one of these classes and categories ended, and why.

    `on_request` is how long it is kept against the wish of whom it is about; None as long as without his wish.
    """

    key: str
    name: str
    name_en: str
    what: Kept
    period: Period
    reason: str
    reason_en: str
    on_request: Period | None = None
    classes: frozenset[CaseClass] = frozenset(CaseClass)
    categories: frozenset[str] = frozenset()

    def covers(self, case_class: CaseClass, category: str) -> bool:
        """Say whether it speaks of such a case; no category stands for all of them."""
        return case_class in self.classes and (not self.categories or category in self.categories)

    def period_for(self, *, asked: bool) -> Period:
        """Return how long it keeps, by itself or where somebody asks for his data to go."""
        return self.on_request or self.period if asked else self.period


def rule_of(rules: Iterable[RetentionRule], what: Kept, case: Case) -> RetentionRule:
    """Return the first row of a kind that covers a case; the book has one for every case."""
    return next(one for one in rules if one.what is what and one.covers(case.case_class, case.category))


class Keeps(StrEnum):
    """Why nothing of a case may go, whatever its age."""

    OPEN = "case_open"
    MERGED_INTO_OPEN = "merged_into_open"
    PRESERVED = "preserved"
    ACCOUNT_OPEN = "account_unsettled"


def kept_because(case: Case, target: Case | None = None) -> Keeps | None:
    """Return what holds every word of a case; None where only time does. `target` is what it was merged into."""
    if case.status in OPEN:
        return Keeps.OPEN
    if target is not None and target.status in OPEN:
        return Keeps.MERGED_INTO_OPEN
    both = [one for one in (case, target) if one is not None]
    if any(one.preservation is not None for one in both):
        return Keeps.PRESERVED
    if any(account.settled_at is None for one in both for account in one.accounts):
        return Keeps.ACCOUNT_OPEN
    return None


def ended_at(case: Case, target: Case | None = None) -> datetime:
    """Return the moment from which its words are only kept: it, what it was merged into and every account of both
    have ended."""
    moments = [one.closed_at for one in (case, target) if one is not None]
    settled = [account.settled_at for one in (case, target) if one is not None for account in one.accounts]
    return max(at for at in (*moments, *settled) if at is not None)


@dataclass(frozen=True, slots=True)
class Due:
    """What a row says of a case now: when its time is over, and what must have been written before to go with it."""

    rule: RetentionRule
    due_at: datetime
    before: datetime

    def is_over(self, at: datetime) -> bool:
        """Say whether it is kept no longer."""
        return self.due_at <= at


def dues(
    rules: Sequence[RetentionRule], case: Case, target: Case | None, at: datetime, *, asked: bool = False
) -> tuple[Due, ...]:
    """Return for each kind of a case's data when it may go; nothing where something holds the whole case."""
    if kept_because(case, target) is not None:
        return ()
    since = ended_at(case, target)
    found = []
    for what in OF_CASE:
        rule = rule_of(rules, what, case)
        period = rule.period_for(asked=asked)
        found.append(Due(rule, period.due_at(since), period.ended_before(at)))
    return tuple(found)
