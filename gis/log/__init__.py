"""The ordered log: what is written once, put in one order, chained by hashes and read by everyone.

`append` writes an event in its action's own transaction; one `Sequencer` among the processes gives committed
events their numbers and links them; every process follows with a `Tail`; `verify_chain` proves that nothing
was altered.
"""

from gis.log.append import append, append_with
from gis.log.chain import ChainReport, Fault, verify_chain
from gis.log.events import LogEvent
from gis.log.sequencer import Sequencer
from gis.log.tables import APPEND_ONLY_DDL, LOG_GRANTS_DDL, LOG_POLICY_DDL, log_chain, log_events, log_pending
from gis.log.tail import Tail

__all__ = [
    "APPEND_ONLY_DDL",
    "LOG_GRANTS_DDL",
    "LOG_POLICY_DDL",
    "ChainReport",
    "Fault",
    "LogEvent",
    "Sequencer",
    "Tail",
    "append",
    "append_with",
    "log_chain",
    "log_events",
    "log_pending",
    "verify_chain",
]
