"""What the floors above want to hear of, inside the same transaction.

`inspection_reported(inspection, by, at)`: a visit was held and said so;
`coverage_moved(contract, by, at, on)`: the end of the contract's coverage is another one: corrected, set by hand, extended.
"""

from django.dispatch import Signal

coverage_moved = Signal()
inspection_reported = Signal()
