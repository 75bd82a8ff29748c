"""Information that a grid officer settles on the spot: a million cases as arrays, written by templates.

A template is what one case leaves, lived through the rules with marks in the place of every moment, code, name and
hash: what is written for the million is, but for the marks, what the rules have made.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from random import Random
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from dispatch.actions.cases import NewReport
from dispatch.history.arrivals import CATEGORIES, INFORMATION, Arrivals
from dispatch.history.county import County
from dispatch.history.life import Life, World
from dispatch.history.rows import POINT_HEAD, TABLES, Heard, event_line, lines_of, point, sight, sight_of
from dispatch.history.worktime import CountedCalendar, Moments
from dispatch.rules.calendar import OFFICE_HOURS, WorkingCalendar
from dispatch.rules.case import SAMPLED_PERCENT
from dispatch.rules.command import Command
from dispatch.rules.vocabulary import Move, Source
from dispatch.simulation import sentences
from dispatch.simulation.scenarios import pick
from gis.actor import Actor, Role
from gis.log.events import digest_of, event_texts

MINUTE_US = 60_000_000
# On the spot: within minutes, and before the limit to accept turns amber.
SETTLED_US, SETTLED_SIGMA, SETTLED_MOST_US = 4.5 * MINUTE_US, 0.75, 23 * MINUTE_US
CHECKED_US, CHECKED_SIGMA, CHECKED_LEAST_US, CHECKED_MOST_US = (
    95 * MINUTE_US,
    0.6,
    2 * MINUTE_US,
    330 * MINUTE_US,
)
REPORTED, CLOSED, CHECKED = range(3)
OPEN_CHECK, CHECKED_END, UNCHECKED = "waits", "checked", "closed"
TEXTS_OF_A_CATEGORY = 400


@dataclass(frozen=True, slots=True)
class Settled:
    """The information, case by case: arrays in the order of `rank`, its place among all reports."""

    rank: NDArray[np.int64]
    grid: NDArray[np.int16]
    category: NDArray[np.int16]
    place: NDArray[np.int16]
    id: NDArray[np.uint8]
    sampled: NDArray[np.bool_]
    at: Moments
    closed: Moments
    checked: Moments

    def __len__(self) -> int:
        return len(self.rank)


def settle(drawn: Arrivals, calendar: CountedCalendar, seed: int, until_us: int) -> Settled:
    """Return when the information among the arrivals was settled, and which of it is checked."""
    rng = np.random.default_rng([seed, 3])
    rank = np.flatnonzero(drawn.kind == INFORMATION)
    at = drawn.at[rank]
    taken = np.minimum(rng.lognormal(np.log(SETTLED_US), SETTLED_SIGMA, len(at)), SETTLED_MOST_US)
    closed = at + np.maximum(taken, 10_000_000).astype(np.int64)
    spent = np.clip(
        rng.lognormal(np.log(CHECKED_US), CHECKED_SIGMA, len(at)), CHECKED_LEAST_US, CHECKED_MOST_US
    )
    ids = rng.integers(0, 256, (len(at), 16), np.uint8)
    ids[:, 6], ids[:, 8] = ids[:, 6] & 0x0F | 0x40, ids[:, 8] & 0x3F | 0x80
    sampled = np.array([_sampled(one.tobytes()) for one in ids], bool)
    checked = calendar.add_many(closed, spent.astype(np.int64))
    return Settled(
        rank, drawn.grid[rank], drawn.category[rank], drawn.place[rank], ids, sampled, at, closed,
        np.where(sampled & (checked < until_us), checked, 0),
    )  # fmt: skip


def _sampled(case_id: bytes) -> bool:
    """See `Case.sampled`."""
    return int.from_bytes(sha256(case_id).digest()[:4]) % 100 < SAMPLED_PERCENT


# The marks: values that stand nowhere else, each for what it is replaced by.
GRID = "CCCCCCTTTVVVGGG"
VILLAGE, TOWNSHIP = GRID[:12], GRID[:9]
LON, LAT = 101.123457, 31.654329
MARKED_AT = {
    "at": datetime(2001, 1, 1, 1, 1, 1, 101, tzinfo=UTC),
    "closed": datetime(2001, 2, 2, 2, 2, 2, 202, tzinfo=UTC),
    "checked": datetime(2001, 3, 3, 3, 3, 3, 303, tzinfo=UTC),
}
OFFICER = Actor("@officer@", "@officer_name@", Role.GRID_OFFICER, VILLAGE, GRID, "@unit@")
CHECKER = Actor("@checker@", "@checker_name@", Role.DUTY_OFFICER, TOWNSHIP, TOWNSHIP)
WORDS = ("@words_0@", "@words_1@", "@words_2@")


@dataclass(frozen=True)
class MarkingCalendar(WorkingCalendar):
    """A calendar that answers with marks, and remembers which is what: start and counted seconds."""

    marks: dict[tuple[str, int], datetime] | None = None

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """Return the mark of a moment to come."""
        assert self.marks is not None
        from_what = next(name for name, at in MARKED_AT.items() if at == start)
        key = (from_what, int(amount.total_seconds()))
        number = len(self.marks)
        return self.marks.setdefault(
            key, datetime(2090, 1, 1 + number, tzinfo=UTC) + timedelta(microseconds=7 + number)
        )


@dataclass(frozen=True, slots=True)
class Template:
    """What a case leaves, with named places: lines by table, and for each fact its digested text and its line."""

    tables: Mapping[str, str]
    facts: Sequence[tuple[str, str]]
    due: Mapping[str, tuple[str, int]]


@cache
def template(category: str, end: str) -> Template:
    """Return what one case of a category leaves that ended in this way."""
    marks: dict[tuple[str, int], datetime] = {}
    calendar = MarkingCalendar({}, OFFICE_HOURS, "working", marks)
    world = World(lambda *_: calendar, {}, Random(1), datetime(2089, 1, 1, tzinfo=UTC))
    report = NewReport(category, WORDS[0], LON, LAT, GRID, Source.GRID_OFFICER)
    life = Life.begin(world, report, OFFICER, MARKED_AT["at"], "@number@")
    while life.case.sampled is (end == UNCHECKED):
        life = Life.begin(world, report, OFFICER, MARKED_AT["at"], "@number@")
    life.do(OFFICER, Command(Move.SELF_CLOSE, result=WORDS[1]), MARKED_AT["closed"])
    if end == CHECKED_END:
        life.do(CHECKER, Command(Move.VERIFY, passed=True, text=WORDS[2]), MARKED_AT["checked"])
    heard = Heard(UUID(int=1), WORDS[0], b"@code_hash@")
    named = _names(life, marks)
    tables = {table: _named("\n".join(ones), named) for table, ones in lines_of(life, heard).items() if ones}
    due = {f"due_{number}": key for number, key in enumerate(marks)}
    return Template(tables, [_fact(told.row, named) for told in life.told], due)


def _names(life: Life, marks: Mapping[tuple[str, int], datetime]) -> dict[str, str]:
    """Return mark → name, the longer marks first: a village's code begins its grids'."""
    named = {
        str(life.case.id): "id",
        point(LON, LAT): "geom",
        sight(life.case): "sight",
        repr(LON): "lon",
        repr(LAT): "lat",
        GRID: "grid",
        VILLAGE: "village",
        TOWNSHIP: "township",
        str(UUID(int=1)): "report_id",
        b"@code_hash@".hex(): "code_hash",
        **{mark: mark.strip("@") for mark in ("@number@", "@officer@", "@officer_name@", *WORDS)},
        **{mark: mark.strip("@") for mark in ("@checker@", "@checker_name@")},
    }
    for number, kept in enumerate(life.kept):
        named[kept.salt.hex()] = f"salt_{number}"
        named[sha256(kept.salt + kept.text.encode()).hexdigest()] = f"hash_{number}"
    for name, moment in MARKED_AT.items():
        named[_stamped(moment)] = name
    for number, moment in enumerate(marks.values()):
        named[_stamped(moment)] = f"due_{number}"
    return dict(sorted(named.items(), key=lambda one: -len(one[0])))


def _stamped(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")[:26]


def _named(text: str, named: Mapping[str, str]) -> str:
    text = text.replace("%", "%%")
    for mark, name in named.items():
        text = text.replace(mark, f"%({name})s")
    return text


def _fact(row: Sequence[object], named: Mapping[str, str]) -> tuple[str, str]:
    """Return the template of a fact's digested text and of its line, which names its digest."""
    digest = row[8]
    assert isinstance(digest, bytes)
    return _named(digested(row), named), _named(event_line(row), {digest.hex(): "digest", **named})


def digested(row: Sequence[object]) -> str:
    """Return the text whose SHA-256 is the digest of a fact (see `gis.log.events.digest_of`)."""
    at, kind, actor, case_id, version, before, after, data = row[:8]
    assert isinstance(at, datetime)
    loaded = {
        name: None if value is None else json.loads(str(value))
        for name, value in (
            ("actor", actor),
            ("scope_before", before),
            ("scope_after", after),
            ("data", data),
        )
    }
    texts = event_texts(at=at, kind=str(kind), case_id=str(case_id), version=int(str(version)), **loaded)
    whole = "{" + ",".join(f'"{name}":{texts[name]}' for name in sorted(texts)) + "}"
    assert sha256(whole.encode()).digest() == digest_of(texts) == row[8]
    return whole


@cache
def words(category: str, seed: int) -> tuple[tuple[str, str], ...]:
    """Return reports of a category, and what was done about each."""
    rng = Random(f"{seed}/{category}")
    return tuple(
        (pick(rng, 10, frozenset({category})).text, sentences.result(rng, category))
        for _ in range(TEXTS_OF_A_CATEGORY)
    )


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes slices of the information; made once, used by every process."""

    county: County
    settled: Settled
    numbers: NDArray[np.str_]
    calendar: CountedCalendar
    seed: int

    def end_of(self, case: int) -> str:
        """Return how a case ended."""
        if not self.settled.sampled[case]:
            return UNCHECKED
        return CHECKED_END if self.settled.checked[case] else OPEN_CHECK

    def values(self, cases: NDArray[np.int64]) -> list[dict[str, str]]:
        """Return what stands in the named places of each case."""
        settled, county = self.settled, self.county
        grids = settled.grid[cases]
        columns: dict[str, Sequence[str]] = {
            "id": [str(UUID(bytes=one.tobytes())) for one in settled.id[cases]],
            "number": self.numbers[settled.rank[cases]].tolist(),
            **_places(county.places[grids, settled.place[cases]]),
            **{name: _stamps(getattr(settled, name)[cases]) for name in MARKED_AT},
            **self._due(cases),
            **_chance(settled.id[cases], self.seed),
        }
        rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        for row, case, grid in zip(rows, cases, grids, strict=True):
            self._name(row, int(case), int(grid))
        return rows

    def _due(self, cases: NDArray[np.int64]) -> dict[str, Sequence[str]]:
        """Return the moments that clocks are due; of all templates, because all count the same."""
        return {
            name: _stamps(
                self.calendar.add_many(getattr(self.settled, start)[cases], timedelta(seconds=seconds))
            )
            for name, (start, seconds) in template("help", UNCHECKED).due.items()
        }

    def _name(self, row: dict[str, str], case: int, grid: int) -> None:
        """Fill in who, where and in which words."""
        county, code = self.county, self.county.grids[grid]
        officer, checker = county.officers[grid], county.at_desk[code[:9]][0]
        row.update(grid=code, village=code[:12], township=code[:9], officer=officer.account_id)
        row.update(officer_name=officer.name, checker=checker.account_id, checker_name=checker.name)
        row["sight"] = sight_of(row["at"][2:4] + row["at"][5:7], code, (code[:12],))
        told = words(CATEGORIES[self.settled.category[case]], self.seed)
        drawn = int(self.settled.id[case, 15]) << 8 | int(self.settled.id[case, 14])
        row["words_0"], row["words_1"] = told[drawn % len(told)]
        row["words_2"] = CHECKED_WORDS
        for number in range(3):
            salted = bytes.fromhex(row[f"salt_{number}"]) + row[f"words_{number}"].encode()
            row[f"hash_{number}"] = sha256(salted).hexdigest()

    def rows(self, cases: NDArray[np.int64]) -> dict[str, str]:
        """Return the lines of cases, by table."""
        found: dict[str, list[str]] = {table: [] for table in TABLES}
        for case, row in zip(cases, self.values(cases), strict=True):
            for table, text in self._template(int(case)).tables.items():
                found[table].append(text % row)
        return {table: "\n".join(lines) + "\n" for table, lines in found.items() if lines}

    def facts(self, cases: NDArray[np.int64], steps: NDArray[np.int8]) -> list[tuple[str, bytes]]:
        """Return one fact of each case, at its step: its line and its digest."""
        which, place = np.unique(cases, return_inverse=True)
        rows = self.values(which)
        found = []
        for index, step in zip(place.tolist(), steps.tolist(), strict=True):
            whole, text = self._template(int(which[index])).facts[step]
            row = rows[index]
            digest = sha256((whole % row).encode()).digest()
            row["digest"] = digest.hex()
            found.append((text % row, digest))
        return found

    def _template(self, case: int) -> Template:
        return template(CATEGORIES[self.settled.category[case]], self.end_of(case))


CHECKED_WORDS = "抽查核实，情况属实，处置到位。"


def _stamps(moments: Moments) -> list[str]:
    texts: list[str] = np.datetime_as_string(moments.view("datetime64[us]"), unit="us").tolist()
    return texts


def _places(places: NDArray[np.float64]) -> dict[str, Sequence[str]]:
    raw = np.ascontiguousarray(places, "<f8").tobytes().hex().upper()
    return {
        "lon": list(map(repr, places[:, 0].tolist())),
        "lat": list(map(repr, places[:, 1].tolist())),
        "geom": [POINT_HEAD + raw[start : start + 32] for start in range(0, len(raw), 32)],
    }


def _chance(ids: NDArray[np.uint8], seed: int) -> dict[str, Sequence[str]]:
    """Return what is drawn for each case besides: salts, the report's id, the hash of a code that nobody has."""
    drawn = [sha256(seed.to_bytes(8, "big") + one.tobytes()).hexdigest() for one in ids]
    more = [sha256(text.encode()).hexdigest() for text in drawn]
    return {
        "salt_0": [text[:32] for text in drawn],
        "salt_1": [text[32:] for text in drawn],
        "salt_2": [text[:32] for text in more],
        "report_id": [str(UUID(hex=text[32:], version=4)) for text in more],
        "code_hash": [sha256(text.encode()).hexdigest() for text in more],
    }
