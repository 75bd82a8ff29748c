"""The tables of cases, units and desks. Who may see a row stands in `POLICIES`, which the migrations install."""

from geoalchemy2 import Geometry
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Sequence,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from dispatch.rules.vocabulary import (
    OPEN,
    OPEN_ASSIGNMENT,
    AssignmentState,
    CaseClass,
    Cause,
    Colour,
    Finding,
    OfferKind,
    RequestKind,
    Source,
    Status,
    Target,
    UnitKind,
    UnitState,
)
from gis.database import metadata, visible_sql


def code(name: str, *, nullable: bool = False) -> Column[str]:
    """Return a column of area codes or desks: compared by bytes, so that ranges use the index under the policies."""
    return Column(name, String(collation="C"), nullable=nullable)


def moment(name: str, *, nullable: bool = True) -> Column[object]:
    """Return a column of moments, kept in UTC whatever zone they came in."""
    return Column(name, DateTime(timezone=True), nullable=nullable)


def one_of(column: str, words: object) -> CheckConstraint:
    """Hold a column to a vocabulary, in the database itself."""
    listed = ", ".join(f"'{word}'" for word in words)  # type: ignore[attr-defined]
    return CheckConstraint(f"{column} in ({listed})", name=f"{column}_known")


def sql_list(words: object) -> str:
    """Return words as the inside of an SQL `in (…)`."""
    return ", ".join(sorted(f"'{word}'" for word in words))  # type: ignore[attr-defined]


# Nineteen cases in twenty are small matters that a grid officer settled. Whoever asks for a status, class, priority or
# source of which there are few asks for one of the others, and PostgreSQL sees by itself that he does.
UNUSUAL = "status <> 'closed' or case_class <> 'simple' or priority < 3 or source <> 'grid_officer'"

case_numbers = Sequence("case_numbers", metadata=metadata)

cases = Table(
    "cases",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("number", String, nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("status", String, nullable=False),
    Column("category", String, nullable=False),
    Column("case_class", String, nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("source", String, nullable=False),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("geom", Geometry("POINT", srid=4326, spatial_index=False), nullable=False),
    code("area_code"),
    code("holder"),
    code("first_receiver"),
    Column("reporter_id", String, nullable=False),
    Column("resolver_id", String),
    Column("offer_kind", String),
    code("offer_giver", nullable=True),
    code("offer_to", nullable=True),
    moment("offer_at"),
    Column("offer_hop", Integer),
    Column("hops", Integer, nullable=False),
    Column("returns", Integer, nullable=False),
    Column("returned_by", ARRAY(Text(collation="C")), nullable=False, server_default="{}"),
    Column("request_kind", String),
    code("request_desk", nullable=True),
    moment("request_at"),
    moment("request_due_at"),
    Column("request_cause", String),
    moment("request_until"),
    Column("request_extra_s", Integer),
    Column("request_target", String),
    Column("status_before", String),
    moment("suspended_at"),
    moment("suspended_until"),
    Column("reopened", Integer, nullable=False, server_default="0"),
    Column("clocks_before", Integer, nullable=False, server_default="0"),
    Column("rating", SmallInteger),
    Column("merged_into", Uuid, ForeignKey("cases.id")),
    Column("held_clocks", ARRAY(SmallInteger), nullable=False, server_default="{}"),
    Column("joined", Integer, nullable=False, server_default="0"),
    Column("alarm_level", SmallInteger, nullable=False, server_default="3"),
    moment("supervised_at"),
    Column("supervised_by", String),
    moment("supervision_due_at"),
    moment("supervision_answered_at"),
    Column("supervision_target", String),
    moment("preserved_at"),
    Column("preserved_by", String),
    Column("access", ARRAY(Text(collation="C")), nullable=False),
    moment("reported_at", nullable=False),
    moment("accepted_at"),
    moment("dispatched_at"),
    moment("arrived_at"),
    moment("resolved_at"),
    moment("closed_at"),
    moment("changed_at", nullable=False),
    one_of("status", Status),
    one_of("case_class", CaseClass),
    one_of("source", Source),
    CheckConstraint("priority between 1 and 4", name="priority_known"),
    CheckConstraint("alarm_level between 1 and 3", name="alarm_level_known"),
    CheckConstraint(
        "offer_to is null or (offer_kind is not null and offer_giver is not null"
        " and offer_at is not null and offer_hop is not null)",
        name="offer_whole",
    ),
    CheckConstraint(
        f"request_kind is null or request_kind in ({sql_list(RequestKind)})", name="request_kind_known"
    ),
    CheckConstraint(
        "request_kind is null or (request_desk is not null and request_at is not null"
        " and request_due_at is not null and request_extra_s is not null)",
        name="request_whole",
    ),
    CheckConstraint(
        f"request_cause is null or request_cause in ({sql_list(Cause)})", name="request_cause_known"
    ),
    CheckConstraint(
        "status <> 'suspended' or (suspended_at is not null and suspended_until is not null"
        " and status_before is not null)",
        name="suspension_whole",
    ),
    CheckConstraint(f"offer_kind is null or offer_kind in ({sql_list(OfferKind)})", name="offer_kind_known"),
    Index("ix_cases_area_code_reported_at", "area_code", "reported_at"),
    Index("ix_cases_open", "area_code", postgresql_where=text(f"status in ({sql_list(OPEN)})")),
    Index("ix_cases_access", "access", postgresql_using="gin"),
    Index("ix_cases_geom", "geom", postgresql_using="gist"),
    Index("ix_cases_closed_at", "closed_at"),
    CheckConstraint("(status = 'merged') = (merged_into is not null)", name="merging_whole"),
    CheckConstraint("(preserved_at is null) = (preserved_by is null)", name="preservation_whole"),
    Index("ix_cases_suspended_until", "suspended_until", postgresql_where=text("status = 'suspended'")),
    Index("ix_cases_reported_at", "reported_at"),
    # Lists of the whole past are read in the order of time, and what else is asked is compared within the index:
    # `status` also for what a holder has open.
    Index("ix_cases_holder_reported_at", "holder", "reported_at", "status"),
    Index("ix_cases_category_reported_at", "category", "reported_at", "priority", "case_class"),
    Index(
        "ix_cases_unusual",
        *("reported_at", "status", "case_class", "priority", "source", "category", "area_code"),
        postgresql_where=text(UNUSUAL),
    ),
)

assignments = Table(
    "assignments",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("case_id", Uuid, ForeignKey("cases.id"), nullable=False, index=True),
    Column("unit", String, ForeignKey("units.id"), nullable=False),
    Column("unit_name", String, nullable=False),
    Column("unit_kind", String, nullable=False),
    code("unit_desk"),
    code("unit_area"),
    Column("state", String, nullable=False),
    moment("dispatched_at", nullable=False),
    moment("acknowledged_at"),
    moment("departed_at"),
    moment("arrived_at"),
    moment("cleared_at"),
    Column("reason", Text),
    moment("departed_done_at"),
    moment("arrived_done_at"),
    Index("ix_assignments_unit", "unit"),
    # What is measured and figured over a window: who was sent in it, and who came.
    Index("ix_assignments_dispatched_at", "dispatched_at"),
    Index("ix_assignments_arrived_at", "arrived_at"),
    Index("ix_assignments_told_late", "case_id", postgresql_where=text("arrived_done_at is not null")),
    one_of("state", AssignmentState),
    # A unit is never on two cases: the database itself would refuse the second.
    Index(
        "uq_assignments_open_unit",
        "unit",
        unique=True,
        postgresql_where=text(f"state in ({sql_list(OPEN_ASSIGNMENT)})"),
    ),
)

clocks = Table(
    "clocks",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("case_id", Uuid, ForeignKey("cases.id"), nullable=False),
    Column("position", SmallInteger, nullable=False),
    Column("target", String, nullable=False),
    Column("hop", Integer, nullable=False),
    code("desk"),
    moment("started_at", nullable=False),
    moment("amber_at", nullable=False),
    moment("due_at", nullable=False),
    moment("stopped_at"),
    Column("colour", String, nullable=False),
    # What the moments above were reckoned from; null on clocks older than these columns.
    Column("limit_s", Integer),
    Column("calendar", String),
    Column("extra_s", Integer, nullable=False, server_default="0"),
    Column("pauses", JSONB, nullable=False, server_default="[]"),
    one_of("target", Target),
    one_of("colour", Colour),
    UniqueConstraint("case_id", "position"),
    # What the watcher reads: only clocks that run and have a colour still to turn.
    Index("ix_clocks_green", "amber_at", postgresql_where=text("stopped_at is null and colour = 'green'")),
    Index("ix_clocks_amber", "due_at", postgresql_where=text("stopped_at is null and colour = 'amber'")),
)

custody = Table(
    "custody",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("case_id", Uuid, ForeignKey("cases.id"), nullable=False),
    Column("position", SmallInteger, nullable=False),
    code("desk"),
    moment("from_at", nullable=False),
    Column("how", String, nullable=False),
    code("giver", nullable=True),
    moment("to_at"),
    UniqueConstraint("case_id", "position"),
    # One pair of hands at every moment.
    Index("uq_custody_current", "case_id", unique=True, postgresql_where=text("to_at is null")),
)

case_texts = Table(
    "case_texts",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("case_id", Uuid, ForeignKey("cases.id"), nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("text", Text, nullable=False),
    moment("at", nullable=False),
    Column("actor_name", String, nullable=False),
    code("actor_desk"),
    Column("salt", LargeBinary, nullable=False),
    # Who sees the case, month by month, kept by triggers for `search_cases` alone.
    Column("sight", ARRAY(Text), nullable=False, server_default="{}"),
    Index("ix_case_texts_at", "at"),
    Index("ix_case_texts_words", text("bigrams(text)"), "sight", postgresql_using="gin"),
)

reports = Table(
    "reports",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("case_id", Uuid, ForeignKey("cases.id"), nullable=False, index=True),
    Column("source", String, nullable=False),
    moment("at", nullable=False),
    Column("text", Text, nullable=False),
    Column("reporter_name", String),
    Column("reporter_phone", String),
    Column("query_code_hash", LargeBinary, nullable=False, unique=True),
    # The case that it was reported as, while that one is merged into another.
    Column("merged_from", Uuid, ForeignKey("cases.id"), index=True),
    one_of("source", Source),
    Index(
        "ix_reports_reporter",
        "at",
        postgresql_where=text("reporter_name is not null or reporter_phone is not null"),
    ),
)

helps = Table(
    "helps",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("case_id", Uuid, ForeignKey("cases.id"), nullable=False),
    Column("position", SmallInteger, nullable=False),
    code("desk"),
    moment("asked_at", nullable=False),
    moment("due_at", nullable=False),
    moment("finished_at"),
    Column("done", Boolean, nullable=False),
    UniqueConstraint("case_id", "position"),
    Index("uq_helps_open_desk", "case_id", "desk", unique=True, postgresql_where=text("finished_at is null")),
)

accountability = Table(
    "accountability",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("case_id", Uuid, ForeignKey("cases.id"), nullable=False),
    Column("position", SmallInteger, nullable=False),
    Column("hop", SmallInteger, nullable=False),
    code("desk"),
    moment("opened_at", nullable=False),
    Column("finding", String),
    moment("settled_at"),
    CheckConstraint(f"finding is null or finding in ({sql_list(Finding)})", name="finding_known"),
    CheckConstraint("(finding is null) = (settled_at is null)", name="settled_whole"),
    UniqueConstraint("case_id", "position"),
    UniqueConstraint("case_id", "hop"),
    Index("ix_accountability_desk", "desk"),
)

ratings = Table(
    "ratings",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("case_id", Uuid, ForeignKey("cases.id"), nullable=False),
    moment("at", nullable=False),
    Column("score", SmallInteger, nullable=False),
    Column("reopened", Integer, nullable=False),
    CheckConstraint("score between 1 and 5", name="score_known"),
    # One for each time that it was closed.
    UniqueConstraint("case_id", "reopened"),
    Index("ix_ratings_at", "at"),
)

looks = Table(
    "looks",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    moment("at", nullable=False),
    Column("account", String, nullable=False),
    Column("name", String, nullable=False),
    code("desk"),
    # Null where somebody looked into many at once: `detail` then says what he searched for.
    Column("case_id", Uuid, index=True),
    Column("what", String, nullable=False),
    Column("detail", Text),
    Index("ix_looks_at", "at"),
    Index("ix_looks_detail", "at", postgresql_where=text("detail is not null")),
    Index("ix_looks_account_id", "account", "id"),
)
"""Who looked at personal data, when and at what; written by the look itself."""

idempotency = Table(
    "idempotency",
    metadata,
    Column("account", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("request_hash", LargeBinary, nullable=False),
    Column("answer", JSONB),
    moment("at", nullable=False),
    Index("ix_idempotency_at", "at"),
)

units = Table(
    "units",
    metadata,
    Column("id", String, primary_key=True),
    Column("no", SmallInteger, nullable=False, unique=True),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("name", String, nullable=False),
    Column("kind", String, nullable=False),
    code("desk"),
    code("area_code"),
    Column("phone", String),
    Column("on_duty", Boolean, nullable=False),
    Column("state", String, nullable=False),
    Column("case_id", Uuid, ForeignKey("cases.id", use_alter=True)),
    moment("state_at", nullable=False),
    one_of("kind", UnitKind),
    one_of("state", UnitState),
    CheckConstraint("(state = 'off_duty') = (not on_duty)", name="duty_told_once"),
    CheckConstraint(
        "(case_id is not null) = (state in ('dispatched', 'enroute', 'on_scene'))", name="case_told_once"
    ),
    Index("ix_units_area_code", "area_code"),
    Index("ix_units_desk", "desk"),
)

desks = Table(
    "desks",
    metadata,
    Column("id", String(collation="C"), primary_key=True),
    Column("name", String, nullable=False),
    Column("kind", String, nullable=False),
    code("area_code"),
    Column("telephone", String),
    Column("leader_name", String),
    Column("leader_telephone", String),
    Column("around_the_clock", Boolean, nullable=False, server_default="false"),
    # How a department is at the centre: with people of its own, by turns, or when it is called.
    Column("presence", String),
    CheckConstraint("kind in ('area', 'department')", name="kind_known"),
    CheckConstraint(
        "presence is null or (kind = 'department' and presence in ('resident', 'rotating', 'on_call'))",
        name="presence_known",
    ),
)

calendar_days = Table(
    "calendar_days",
    metadata,
    Column("day", Date, primary_key=True),
    Column("working", Boolean, nullable=False),
    Column("name", String),
)
"""The official calendar, a row a day; a day without a row is provisional and goes by the weekday."""

revisions = Table(
    "revisions",
    metadata,
    Column("name", String, primary_key=True),
    Column("revision", Uuid, nullable=False),
)
"""What is seldom changed and always read, and the name of how it is now: triggers draw a new one with each change."""

_OF_VISIBLE_CASE = "exists (select 1 from cases c where c.id = case_id)"

# Table → the condition under which its rows are visible. The policy on `cases` works inside the others.
POLICIES: dict[str, str] = {
    "cases": visible_sql(),
    "assignments": _OF_VISIBLE_CASE,
    "clocks": _OF_VISIBLE_CASE,
    "custody": _OF_VISIBLE_CASE,
    "case_texts": _OF_VISIBLE_CASE,
    "helps": _OF_VISIBLE_CASE,
    "ratings": _OF_VISIBLE_CASE,
    "accountability": _OF_VISIBLE_CASE,
    "reports": _OF_VISIBLE_CASE,
    "units": f"({visible_sql(access=None)} or desk = current_setting('wall.desk', true))",
    "looks": "current_setting('wall.role', true) in ('system', 'auditor', 'admin')",
    "revisions": "true",
    "idempotency": "account = current_setting('wall.account', true)"
    " or current_setting('wall.role', true) = 'system'",
}

# Written by everybody who looks, about himself; read by those above alone.
WRITTEN_BY: dict[str, str] = {"looks": "account = current_setting('wall.account', true)"}

# What the application may do to each table; nothing here lets it delete a case or rewrite the past.
GRANTS: dict[str, str] = {
    "cases": "select, insert, update",
    "assignments": "select, insert, update",
    "clocks": "select, insert, update, delete",
    "custody": "select, insert, update",
    "case_texts": "select, insert",
    "helps": "select, insert, update",
    "ratings": "select, insert",
    "accountability": "select, insert, update",
    "reports": "select, insert, update (case_id, merged_from)",
    "looks": "select, insert",
    "idempotency": "select, insert, update, delete",
    "units": "select, insert, update",
    "desks": "select, insert, update",
    "calendar_days": "select, insert, update",
    "revisions": "select",
}
