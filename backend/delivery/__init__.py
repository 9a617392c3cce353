"""Sending: leasing what is due, at a channel's pace, and marking each message after its send.

The token bucket is filled and emptied in the transaction that leases. A message is marked right
after its send, so a crash in between repeats at most that one. Whoever comes back late is fenced
by the number of the attempt.
"""

from backend.delivery.heads import LEASE
from backend.delivery.send import Sender

__all__ = ["LEASE", "Sender"]
