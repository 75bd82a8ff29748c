"""How much somebody without an account may ask for: a bucket for each address, refilled at a steady rate."""

from collections import OrderedDict
from datetime import datetime

REMEMBERED_MOST = 10_000


class Allowance:
    """`burst` requests at once from one address, and `per_s` a second in the long run."""

    def __init__(self, per_s: float, burst: int) -> None:
        self.per_s = per_s
        self.burst = burst
        self._left: OrderedDict[str, tuple[float, datetime]] = OrderedDict()

    def take(self, address: str, at: datetime) -> float:
        """Take one request from an address's bucket; return 0, or in how many seconds there is one again."""
        left, since = self._left.get(address, (float(self.burst), at))
        left = min(self.burst, left + max(0.0, (at - since).total_seconds()) * self.per_s)
        wait_s = 0.0 if left >= 1 else (1 - left) / self.per_s
        self._left[address] = (left - 1 if left >= 1 else left, at)
        self._left.move_to_end(address)
        while len(self._left) > REMEMBERED_MOST:
            self._left.popitem(last=False)
        return wait_s
