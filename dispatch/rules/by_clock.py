"""What the system does by itself when time has passed (design §5).

What nobody takes up is offered to the desk above: that is law, and stands here. Where the work itself is late, a row of
the house's book (`supervision.toml`) orders attention; it never pulls a case from hands that are working on it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dispatch.rules.case import Case, Clock
from dispatch.rules.command import Command
from dispatch.rules.desks import is_superior, superior_of
from dispatch.rules.vocabulary import CaseClass, Colour, Move, Target

# The words that the system leaves with the case when it acts by itself.
NOT_ACCEPTED = "逾期未受理，系统自动上报"
NOT_TAKEN = "逾期未接收，系统自动处理"
RESUMED = Command(Move.RESUME, reason="挂起期限已到，系统自动恢复")

# What the holder itself is late with. The others wait for a desk that is not the holder, or are answered as custody is.
ORDERABLE = frozenset({Target.DISPATCH, Target.TURNOUT, Target.RESPONSE, Target.RESOLVE})


@dataclass(frozen=True, slots=True)
class OrderRule:
    """督办 by a clock: one of these targets turned red on a case of one of these classes, this grave or graver.

    `priority` counts down: 1 is an emergency. `text` is what the holder reads and answers.
    """

    key: str
    name: str
    name_en: str
    targets: frozenset[Target]
    classes: frozenset[CaseClass]
    priority: int
    text: str

    def orders(self, case: Case, clock: Clock) -> bool:
        """Say whether this red clock of this case is one of those."""
        grave = case.case_class in self.classes and case.priority <= self.priority
        return grave and clock.target in self.targets


def commands_at_red(
    case: Case, turned: Iterable[Clock], rules: Sequence[OrderRule] = ()
) -> tuple[Command, ...]:
    """Return what the system does about clocks that have just turned, in order; each is decided like anybody's move."""
    red = [clock for clock in turned if clock.colour is Colour.RED]
    return (*_offers(case, {clock.target for clock in red}), *_order(case, red, rules))


def _offers(case: Case, red: set[Target]) -> tuple[Command, ...]:
    """Offer what nobody accepted, or took, to the desk above; custody stays where it is until that desk takes it.

    An offer that nobody took ends. Where the desk above the silent one is the giver itself, or the silent one is a
    department, the giver just has it back in its hands alone. The county's own silence changes nothing: its offer
    stays, red for all to see.
    """
    if Target.TAKE in red and case.offer is not None:
        above = superior_of(case.offer.to)
        if above is None:
            return ()
        back = Command(Move.WITHDRAW, reason=NOT_TAKEN)
        up = Command(Move.ESCALATE, to=above, reason=NOT_TAKEN)
        return (back, up) if is_superior(above, of=case.holder) else (back,)
    above = superior_of(case.holder)
    if Target.ACCEPT in red and case.offer is None and above is not None:
        return (Command(Move.ESCALATE, to=above, reason=NOT_ACCEPTED),)
    return ()


def _order(case: Case, red: Sequence[Clock], rules: Sequence[OrderRule]) -> tuple[Command, ...]:
    """Order attention by the first row that says so, unless an order waits for its answer already."""
    if case.open_order is not None:
        return ()
    found = ((rule, clock) for rule in rules for clock in red if rule.orders(case, clock))
    return tuple(Command(Move.SUPERVISE, text=rule.text, target=clock.target) for rule, clock in found)[:1]
