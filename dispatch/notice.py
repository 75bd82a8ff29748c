"""《整改提示单》: a card's notice as a document that is printed on A4 and signed.

The form is `notice.html` of the house's book. It is in Chinese alone: it is an official paper, not a screen.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from string import Template
from typing import Any

from dispatch.rules.calendar import CHINA
from dispatch.rules.categories import CATEGORIES
from dispatch.rules.vocabulary import Target
from dispatch.rules.warnings import SHARES, Card, ColourRow, Measure, WarningRule

TARGETS = {
    Target.ACCEPT: "受理超时",
    Target.TAKE: "接收超时",
    Target.DISPATCH: "派遣超时",
    Target.TURNOUT: "出动超时",
    Target.RESPONSE: "响应超时",
    Target.RESOLVE: "办理超时",
    Target.VERIFY: "核查超时",
    Target.HELP: "协办超时",
    Target.GRANT: "审批超时",
    Target.ANSWER: "督办答复超时",
}
CAUSES = {
    Measure.OVERDUE_COUNT: "近{days}天超时 {value} 件",
    Measure.OVERDUE_SHARE: "近{days}天应办时限 {n} 项，超时占 {value}",
    Measure.REPEATED: "近{days}天“{about}”类诉求 {value} 件",
    Measure.LATE_INFORMATION: "近{days}天受理、接收超时 {value} 件",
    Measure.UNANSWERED_SUPERVISION: "督办逾期未答复 {value} 件",
    Measure.LOW_RATINGS: "近{days}天评价 {n} 件，不满意占 {value}",
    Measure.REOPENED: "近{days}天办结 {n} 件，复开占 {value}",
    Measure.ALL_ON_TIME: "近{days}天办结 {value} 件，无一超时",
    Measure.HIGH_RATINGS: "近{days}天评价 {n} 件，平均 {value} 分",
    Measure.DECLINED: "近{days}天拒接任务 {value} 次",
    Measure.PROMPT: "近{days}天到场 {value} 次，均在时限内",
}
HAPPENED = {
    "supervise": "督办逾期未答复",
    "reopen": "办结后复开",
    "closed": "按时办结",
    "decline": "拒接任务",
    "arrive": "按时到场",
}


def notice_document(
    template: Template,
    card: Card,
    rule: WarningRule | None,
    colour: ColourRow | None,
    names: Mapping[str, str],
    texts: Sequence[Mapping[str, Any]],
) -> str:
    """Return the notice of a card as a page of HTML; every word that came from people is escaped."""
    said = {one["kind"]: one["text"] for one in texts}
    places = {
        "number": card.notice_number or card.number,
        "issuer": names.get("issuer", ""),
        "subject": names.get("subject", card.subject),
        "colour": colour.name if colour else card.colour,
        "rule": rule.name if rule else card.rule,
        "cause": cause(card),
        "demands": said.get("notify", ""),
        "answer": said.get("answer", ""),
        "due": day(card.due_at),
        "issued": day(card.notified_at),
    }
    written = {name: escape(value) for name, value in places.items()}
    return template.safe_substitute(written, evidence=evidence_rows(card))


def cause(card: Card) -> str:
    """Return in one sentence what was measured and what the limit was."""
    measure = Measure(card.measure)
    about = CATEGORIES[card.about].name if card.about in CATEGORIES else card.about
    days = max(1, round(card.window_h / 24))
    said = CAUSES[measure].format(days=days, n=card.n, value=_said(measure, card.value), about=about)
    return f"{said}（提示标准 {_said(measure, card.threshold)}）"


def _said(measure: Measure, value: float) -> str:
    return f"{value:.0%}" if measure in SHARES else f"{value:g}"


def evidence_rows(card: Card) -> str:
    """Return the cases as rows of a table."""
    rows = []
    for n, one in enumerate(card.evidence, start=1):
        at = datetime.fromisoformat(one["at"]).astimezone(CHINA)
        cells = (str(n), one["number"], happened(one["what"]), f"{at:%Y-%m-%d %H:%M}")
        rows.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
    return "".join(rows)


def happened(what: str) -> str:
    """Return in Chinese what a case stands for among the evidence."""
    if what in CATEGORIES:
        return CATEGORIES[what].name
    if what.startswith("rating_"):
        return f"群众评价 {what.removeprefix('rating_')} 分"
    if what in HAPPENED:
        return HAPPENED[what]
    return TARGETS[Target(what)]


def day(at: datetime | None) -> str:
    """Return a date as papers write it."""
    if at is None:
        return ""
    there = at.astimezone(CHINA)
    return f"{there.year}年{there.month}月{there.day}日"
