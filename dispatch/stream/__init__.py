"""The live stream: what one page may see, from a snapshot over a replay to live events, and who is present.

`Hub` holds the pages of one process. Pages that see the same share a `View`, so that an event is judged and
written as JSON once for all of them; a page is a place in its view's run of events, and a slow page just
falls behind.
"""

from dispatch.stream.hub import Hub
from dispatch.stream.page import Page, Wire
from dispatch.stream.presence import Presence
from dispatch.stream.store import ClientStore, Gap

__all__ = ["ClientStore", "Gap", "Hub", "Page", "Presence", "Wire"]
