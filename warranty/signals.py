"""What billing wants to hear of, inside the same transaction.

`acceptance_corrected(contract, by, at, on)`: every term of the contract moved.
"""

from django.dispatch import Signal

acceptance_corrected = Signal()
