"""Make a county's past with all processors, in the order of time, and hand it over piece by piece to be written."""

import multiprocessing
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from multiprocessing.pool import Pool
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispatch.actions.cases import NewReport
from dispatch.history import arrivals
from dispatch.history.arrivals import Arrivals
from dispatch.history.county import County
from dispatch.history.information import CHECKED, CLOSED, REPORTED, Writer, settle
from dispatch.history.life import Life, World
from dispatch.history.rows import TABLES, Heard, event_line, lines_of
from dispatch.history.stories import STRANGER, Chronicle
from dispatch.history.worktime import CountedCalendar, Moments, moment_of, us_of
from dispatch.records import UnitRecord
from dispatch.rules.by_clock import OrderRule
from dispatch.rules.calendar import CHINA
from dispatch.rules.categories import CATEGORIES
from dispatch.rules.clocks import CalendarOf, calendars
from dispatch.rules.vocabulary import Source
from dispatch.simulation import sentences
from dispatch.simulation.scenarios import pick
from gis.actor import Actor

CASES_AT_ONCE, FACTS_AT_ONCE = 8_000, 10_000
AHEAD = 3  # pieces that are made while one is written
CALENDAR_BEYOND_DAYS = 200
AT_THE_CENTRE = 0.6  # of what comes to the centre is reported there; the rest is passed up

Lines = Callable[[str, str], None]
"""Takes the lines of a table."""
Facts = Callable[[str, Sequence[bytes], Moments], None]
"""Takes lines of the log in their order (without their numbers), their digests and moments."""
Progress = Callable[[float], None]
"""Hears how much is done, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Past:
    """All that is drawn before anything is written; every process has it."""

    county: County
    drawn: Arrivals
    writer: Writer
    calendar_of: CalendarOf
    until: datetime
    seed: int
    numbers: NDArray[np.str_]
    rules: tuple[OrderRule, ...] = ()

    @classmethod
    def draw(
        cls, county: County, seed: int, until: date, days: int, rules: tuple[OrderRule, ...] = ()
    ) -> "Past":
        """Draw who reports what, and when; by `rules` the system orders attention to what is late."""
        first, last = until - timedelta(days=days + 7), until + timedelta(days=CALENDAR_BEYOND_DAYS)
        calendar = CountedCalendar.between_days(county.calendar, first, last)
        drawn = arrivals.draw(county, seed, until, days)
        present = datetime.combine(until, time(), CHINA)
        settled = settle(drawn, calendar, seed, us_of(present))
        numbers = _numbers(drawn.at)
        writer = Writer(county, settled, numbers, calendar, seed)
        choose = calendars(calendar, county.around_the_clock)
        return cls(county, drawn, writer, choose, present, seed, numbers, rules)


def _numbers(at: Moments) -> NDArray[np.str_]:
    """Return the number of each case: the day in China, and its place in all."""
    local = (at + int(timedelta(hours=8) / timedelta(microseconds=1))).view("datetime64[us]")
    days = np.char.replace(np.datetime_as_string(local, unit="D"), "-", "")
    serials = [f"{place:05d}" for place in range(1, len(at) + 1)]
    return np.char.add(np.char.add([day[2:] for day in days.tolist()], "-"), serials)


@dataclass(frozen=True, slots=True)
class Lived:
    """The rare cases of one township: their lines in files, and where each fact lies in its file."""

    tables: dict[str, str]
    facts: Path
    at: Moments
    start: NDArray[np.int64]
    size: NDArray[np.int64]
    units: list[UnitRecord]


class Making:
    """The past in the making; `Past` is inherited by the processes that help."""

    past: Past
    folder: Path


def make(
    past: Past, lines: Lines, facts: Facts, units: Callable[[list[UnitRecord]], None], progress: Progress
) -> int:
    """Make everything, hand it over in order, and return how many facts there are.

    The processes are forked before anybody asks for rows: what they share is theirs without a copy.
    """
    Making.past = past
    with tempfile.TemporaryDirectory(prefix="wall-history-") as folder:
        Making.folder = Path(folder)
        lived = _live(past, progress)
        with _pool() as pool:
            for one in lived:
                units(one.units)
                for table in TABLES:
                    if text := one.tables.get(table):
                        lines(table, text)
            return _write(past, pool, lived, lines, facts, progress)


def _pool() -> Pool:
    return multiprocessing.get_context("fork").Pool(max(2, multiprocessing.cpu_count()))


def _live(past: Past, progress: Progress) -> list[Lived]:
    towns = len(past.county.townships)
    found: list[Lived] = []
    with _pool() as pool:
        for one in pool.imap_unordered(live_township, range(towns)):
            found.append(one)
            progress(0.2 * len(found) / towns)
    return sorted(found, key=lambda one: one.facts.name)


def live_township(number: int) -> Lived:
    """Live the rare cases of a township, in the order of their reports."""
    past = Making.past
    town = past.county.townships[number]
    rng = Random(f"{past.seed}/{town}")
    world = World(past.calendar_of, _units_of(past.county, town), rng, past.until, past.rules)
    chronicle, tables = Chronicle(past.county), dict[str, list[str]]()
    at, sizes = list[int](), list[int]()
    file = Making.folder / f"{number:03d}"
    with file.open("wb") as out:
        for place in _rare(past, town):
            life, heard = _begin(past, world, int(place))
            chronicle.tell(
                life, *(int(part[place]) for part in (past.drawn.kind, past.drawn.way, past.drawn.end))
            )
            for table, ones in lines_of(life, heard).items():
                tables.setdefault(table, []).extend(ones)
            for told in life.told:
                at.append(us_of(told.at))
                sizes.append(out.write(event_line(told.row).encode()))
    size = np.array(sizes, np.int64)
    texts = {table: "\n".join(ones) + "\n" for table, ones in tables.items() if ones}
    moved = [unit for unit in world.units.values() if unit != past.county.units[unit["id"]]]
    return Lived(texts, file, np.array(at, np.int64), np.cumsum(size) - size, size, moved)


def _units_of(county: County, town: str) -> dict[str, UnitRecord]:
    return {unit: record for unit, record in county.units.items() if record["area_code"].startswith(town)}


def _rare(past: Past, town: str) -> NDArray[np.int64]:
    of_town = np.char.startswith(np.array(past.county.grids), town)
    rare = past.drawn.kind != arrivals.INFORMATION
    return np.flatnonzero(rare & of_town[past.drawn.grid])


def _begin(past: Past, world: World, place: int) -> tuple[Life, Heard]:
    """Report one of the rare cases: by whom and at which door goes by what it is."""
    drawn, county, rng = past.drawn, past.county, world.rng
    category, at = arrivals.CATEGORIES[drawn.category[place]], moment_of(drawn.at[place])
    grid = int(drawn.grid[place])
    lon, lat = county.places[grid, drawn.place[place]].tolist()
    source, reporter, holder = _door(past, place, rng)
    text = pick(rng, at.astimezone(CHINA).hour, frozenset({category})).text
    report = NewReport(category, text, lon, lat, county.grids[grid], source, holder=holder)
    life = Life.begin(world, report, reporter, at, str(past.numbers[place]))
    rang = sentences.reporter(rng) if source in (Source.HOTLINE, Source.CITIZEN) else {}
    return life, Heard(world.new_id(), text, rng.randbytes(32), rang.get("name"), rang.get("phone"))


def _door(past: Past, place: int, rng: Random) -> tuple[Source, Actor, str | None]:
    """Return the source of a report, who takes it down, and the desk that it goes to where that is not the rule's."""
    county, kind, way = past.county, past.drawn.kind[place], past.drawn.way[place]
    grid = int(past.drawn.grid[place])
    desk = county.grids[grid][:9]
    if kind == arrivals.COMPLAINT:
        return Source.CITIZEN, STRANGER, None
    if kind == arrivals.DISPUTE and way in arrivals.CENTRE and rng.random() < AT_THE_CENTRE:
        return Source.CONSOLE, rng.choice(county.at_desk[county.code]), county.code
    category = CATEGORIES[arrivals.CATEGORIES[past.drawn.category[place]]]
    if kind == arrivals.HAZARD and category.priority > 1 and rng.random() < 0.7:
        return Source.GRID_OFFICER, county.officers[grid], None
    if category.priority == 1:
        return Source.HOTLINE, rng.choice(county.at_desk[county.code]), None
    return (Source.HOTLINE if rng.random() < 0.3 else Source.CONSOLE), county.at_desk[desk][0], None


def _write(past: Past, pool: Pool, lived: list[Lived], lines: Lines, facts: Facts, progress: Progress) -> int:
    """Hand over the information's rows, and then all facts in the order of time."""
    number = len(past.writer.settled)
    slices = [(start, min(start + CASES_AT_ONCE, number)) for start in range(0, number, CASES_AT_ONCE)]
    for done, tables in enumerate(_ahead(pool, write_cases, slices), start=1):
        for table, text in tables.items():
            lines(table, text)
        progress(0.2 + 0.35 * done / len(slices))
    source, place, step, at = order(past, lived)
    total, done = len(at), 0
    pieces = (
        (source[one], place[one], step[one])
        for one in (slice(start, start + FACTS_AT_ONCE) for start in range(0, total, FACTS_AT_ONCE))
    )
    files = [str(one.facts) for one in lived]
    for text, digests in _ahead(pool, write_facts, ((*piece, files) for piece in pieces)):
        facts(text, digests, at[done : done + len(digests)])
        done += len(digests)
        progress(0.55 + 0.35 * done / total)
    return total


def order(
    past: Past, lived: list[Lived]
) -> tuple[NDArray[np.int16], NDArray[np.int64], NDArray[np.int64], Moments]:
    """Return every fact in the order of time: which file it is in (-1: information), its place there or its case, its
    length there or its step, and its moment."""
    settled = past.writer.settled
    cases = np.arange(len(settled))
    checked = np.flatnonzero(settled.checked)
    at = [settled.at, settled.closed, settled.checked[checked], *(one.at for one in lived)]
    place = [cases, cases, checked, *(one.start for one in lived)]
    steps = (REPORTED, CLOSED, CHECKED)
    step = [np.full(len(ones), which) for which, ones in zip(steps, place, strict=False)]
    step += [one.size for one in lived]
    source = [np.full(len(ones), max(-1, index - len(steps)), np.int16) for index, ones in enumerate(place)]
    moments = np.concatenate(at)
    # Stable: facts of one case at one moment stay in the order in which they happened.
    sorted_by = np.argsort(moments, kind="stable")
    joined = [np.concatenate(ones)[sorted_by] for ones in (source, place, step)]
    return joined[0], joined[1], joined[2], moments[sorted_by]


def _ahead(pool: Pool, work: Callable[[Any], Any], tasks: Iterable[Any]) -> Iterator[Any]:
    """Yield what `work` makes of each task, in order, a few made ahead: what waits to be written stays small."""
    waiting: deque[Any] = deque()
    for task in tasks:
        waiting.append(pool.apply_async(work, (task,)))
        if len(waiting) > AHEAD:
            yield waiting.popleft().get()
    while waiting:
        yield waiting.popleft().get()


def write_cases(span: tuple[int, int]) -> dict[str, str]:
    """Return the lines of some information, by table."""
    return Making.past.writer.rows(np.arange(*span))


def write_facts(
    piece: tuple[NDArray[np.int16], NDArray[np.int64], NDArray[np.int64], list[str]],
) -> tuple[str, list[bytes]]:
    """Return the lines of some facts in their order, and their digests."""
    source, place, step, files = piece
    found: list[tuple[str, bytes]] = [("", b"")] * len(source)
    here = np.flatnonzero(source == -1)
    of_information = Making.past.writer.facts(place[here], step[here].astype(np.int8))
    for index, fact in zip(here.tolist(), of_information, strict=True):
        found[index] = fact
    for number in np.unique(source[source >= 0]).tolist():
        with Path(files[number]).open("rb") as file:
            for index in np.flatnonzero(source == number).tolist():
                file.seek(int(place[index]))
                text = file.read(int(step[index])).decode()
                found[index] = (text, digest_in(text))
    return "\n".join(text for text, _ in found) + "\n", [digest for _, digest in found]


def digest_in(text: str) -> bytes:
    """Return the digest that the line of a fact names."""
    return bytes.fromhex(text.split("\t")[8][3:])
