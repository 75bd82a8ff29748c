"""Where units are: taking positions in, keeping the newest in memory, and packing them for the pages.

A fix goes through `STEPS` in order; what passes is written in batches, and only what is written is shown and
answered.
"""

from dispatch.avl.fix import Carrier, Fix, Refusal
from dispatch.avl.lane import Intake, PositionLane, Refused
from dispatch.avl.steps import STEPS

__all__ = ["STEPS", "Carrier", "Fix", "Intake", "PositionLane", "Refusal", "Refused"]
