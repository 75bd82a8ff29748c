"""A case's number: the day of its report in China, and its place in all (pure)."""

from datetime import date, datetime, time, timedelta

from dispatch.rules.calendar import CHINA


def case_number(at: datetime, serial: int) -> str:
    """Return the number of a case reported at a moment: `261126-00012`."""
    return f"{at.astimezone(CHINA):%y%m%d}-{serial:05d}"


def reported_within(beginning: str) -> tuple[datetime, datetime] | None:
    """Return from when until when the cases were reported whose numbers begin so: two digits or more of the day, and
    what follows. None where no day reads so.
    """
    day = beginning.partition("-")[0]
    months = [month for month in range(1, 13) if f"{month:02d}".startswith(day[2:4])]
    days = [number for number in range(1, 32) if f"{number:02d}".startswith(day[4:6])]
    if not months or not days:
        return None
    year = 2000 + int(day[:2])
    first, last = (
        _day(year, month, number) for month, number in ((months[0], days[0]), (months[-1], days[-1]))
    )
    return first, last + timedelta(days=1)


def _day(year: int, month: int, day: int) -> datetime:
    """Return when a day begins in China; the 31st of a short month is in the next."""
    return datetime.combine(date(year, month, 1), time(), CHINA) + timedelta(days=day - 1)
