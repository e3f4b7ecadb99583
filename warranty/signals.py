"""What billing wants to hear of, inside the same transaction.

`coverage_moved(contract, by, at, on)`: the end of the contract's coverage is another one: corrected, set by hand, extended.
"""

from django.dispatch import Signal

coverage_moved = Signal()
