"""Check a case file with nothing but itself, and an anchor of the log where somebody kept one."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dispatch.casefile.form import BrokenFile, CaseFile, unpacked
from gis.log.events import digest_of, event_texts, link_hash

DIGEST_BYTES = 32


@dataclass(slots=True)
class CaseReport:
    """What a check found. `head` is the last link's number and hash: the wall's own log has it at that number.

    `wordless` says that words and files were left out; `erased` and `erased_files` how many of those that the log was
    told of are gone, and `erasures` when, what, how many of them and by which rule, as the log tells it.
    """

    number: str = ""
    events: int = 0
    texts: int = 0
    files: int = 0
    erased: int = 0
    erased_files: int = 0
    erasures: list[tuple[str, str, int, str]] = field(default_factory=list)
    wordless: bool = False
    linked: bool = False
    head: str = ""
    faults: list[str] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Say whether nothing is wrong."""
        return not self.faults


def check_case_file(data: bytes, *, anchor: tuple[int, str] | None = None) -> CaseReport:
    """Return what is in a case file and everything that is wrong with it; nothing is raised."""
    report = CaseReport()
    try:
        case_file = unpacked(data)
    except BrokenFile as error:
        report.faults.append(str(error))
        return report
    try:
        _check(case_file, report, anchor)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        report.faults.append(f"the record is not of the form that a wall writes ({type(error).__name__})")
    return report


def _check(case_file: CaseFile, report: CaseReport, anchor: tuple[int, str] | None) -> None:
    (case,) = case_file.of("case")
    events, texts = list(case_file.of("event")), list(case_file.of("text"))
    report.number, report.events = case["number"], len(events)
    report.faults += _wrong_events(case, events)
    report.faults += _wrong_path(case_file.path, events)
    report.faults += _wrong_anchor(case_file.path, events, anchor)
    report.linked = bool(case_file.path)
    report.faults += _wrong_texts(case, events, texts)
    report.faults += _wrong_files(case, events, list(case_file.of("attachment")), case_file.files)
    report.texts, report.files = len(texts), len(case_file.files)
    report.erased, report.wordless = case["erased"], not case["texts"]
    # Files that were written before anything could be erased do not count what was not.
    report.erased_files = case.get("erased_files", 0)
    report.erasures = [
        (event["at"], one["what"], one["count"], one["rule"])
        for event in events
        if event["kind"] == "case.erase"
        for one in event["data"]["detail"]["erased"]
    ]
    report.faults += _wrong_erasures(case, report)
    if events:
        report.head = f"{events[-1]['seq']}:{events[-1]['hash']}"


def _wrong_events(case: Any, events: list[Any]) -> Iterator[str]:
    if not events or events[0]["version"] != 1:
        yield "the record does not begin with the report of the case"
    seq, version = 0, 0
    for event in events:
        name = f"number {event['seq']}"
        if event["case_id"] != case["id"] or event["data"]["case"]["number"] != case["number"]:
            yield f"{name}: the event is of another case"
        if digest_of(_texts(event)).hex() != event["digest"]:
            yield f"{name}: the event differs from its digest"
        link = link_hash(bytes.fromhex(event["prev_hash"]), event["seq"], bytes.fromhex(event["digest"]))
        if link.hex() != event["hash"]:
            yield f"{name}: the link's hash is not that of its event"
        if event["seq"] <= seq:
            yield f"{name}: the numbers run backwards"
        if event["version"] < version or event["version"] > version + 1:
            yield f"{name}: a version of the case is missing before it"
        seq, version = event["seq"], event["version"]


def _texts(event: Any) -> dict[str, str]:
    parts = ("kind", "actor", "case_id", "version", "scope_before", "scope_after", "data")
    return event_texts(at=datetime.fromisoformat(event["at"]), **{name: event[name] for name in parts})


def _links(path: bytes, events: list[Any]) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield number, hash before and hash of every link from the case's first event on, as the path has them."""
    before = bytes.fromhex(events[0]["prev_hash"])
    for place in range(0, len(path), DIGEST_BYTES):
        seq = events[0]["seq"] + place // DIGEST_BYTES
        after = link_hash(before, seq, path[place : place + DIGEST_BYTES])
        yield seq, before, after
        before = after


def _wrong_path(path: bytes, events: list[Any]) -> Iterator[str]:
    """Walk the chain from the first event to the last, over the digests of everything in between."""
    if not path or not events:
        return
    if len(path) != DIGEST_BYTES * (events[-1]["seq"] - events[0]["seq"] + 1):
        yield "the path through the chain has not one digest for each number"
        return
    mine = {event["seq"]: event for event in events}
    for seq, before, after in _links(path, events):
        event = mine.get(seq)
        if event and (event["prev_hash"], event["hash"]) != (before.hex(), after.hex()):
            yield f"number {seq}: the event is not where the chain has it"
            return


def _wrong_anchor(path: bytes, events: list[Any], anchor: tuple[int, str] | None) -> Iterator[str]:
    """Hold the link that was kept elsewhere against the file's own, whichever case it belongs to."""
    if anchor is None or not events:
        return
    number, kept = anchor
    held = {event["seq"]: event["hash"] for event in events}
    held |= {seq: after.hex() for seq, _, after in _links(path, events)}
    if number not in held:
        yield (
            f"number {number} was kept elsewhere and is not in this file, which goes from {min(held)} to {max(held)}: "
            "nothing is proved by it"
        )
    elif held[number] != kept:
        yield f"number {number}: the hash differs from the one that was kept elsewhere"


# What a text or a file says of itself beside its contents, which the log was told as well.
SAID_BY = ("kind", "at", "actor_name", "actor_desk")


def _told(event: Any, kind: str) -> tuple[str, ...]:
    return kind, event["at"], event["actor"]["name"], event["actor"]["desk"]


def _wrong_texts(case: Any, events: list[Any], texts: list[Any]) -> Iterator[str]:
    told = {
        one["hash"]: _told(event, one["kind"])
        for event in events
        for one in event["data"]["detail"].get("texts", ())
    }
    held = [hashlib.sha256(bytes.fromhex(one["salt"]) + one["text"].encode()).hexdigest() for one in texts]
    for one, digest in zip(texts, held, strict=True):
        if digest not in told:
            yield f"a text ({one['kind']}, {one['at']}) is not the one that the log was told of"
        elif tuple(one[name] for name in SAID_BY) != told[digest]:
            yield f"a text ({one['kind']}, {one['at']}) was said by somebody else, at another time or as something else"
    if case["texts"] and len(set(told) - set(held)) != case["erased"]:
        yield "texts that the log was told of are missing"


def _wrong_erasures(case: Any, report: CaseReport) -> Iterator[str]:
    """Hold what is gone against what the log was told of its going: by no rule nothing goes."""
    gone = {"words": report.erased, "files": report.erased_files}
    for what, many in gone.items() if case["texts"] else ():
        told = sum(count for _, kind, count, _ in report.erasures if kind == what)
        if told != many:
            yield f"{many} {what} are gone, and the log tells of {told} that were erased by a rule"


def _wrong_files(case: Any, events: list[Any], listed: list[Any], files: dict[str, bytes]) -> Iterator[str]:
    sent = [event for event in events if "sha256" in event["data"]["detail"]]
    told = {
        event["data"]["detail"]["sha256"]: _told(event, event["data"]["detail"]["kind"]) for event in sent
    }
    for digest, data in files.items():
        if hashlib.sha256(data).hexdigest() != digest:
            yield f"the file {digest[:12]}… is not what its name says"
        if digest not in told:
            yield f"the log was told of no file {digest[:12]}…"
    if {one["sha256"] for one in listed} != set(files):
        yield "the files are not those that are listed"
    for one in listed:
        if tuple(one[name] for name in SAID_BY) != told.get(one["sha256"]):
            yield f"the file {one['sha256'][:12]}… came from somebody else, at another time or as something else"
    if case["texts"] and len(sent) - len(listed) != case.get("erased_files", 0):
        yield "files that the log was told of are missing"
