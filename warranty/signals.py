"""What the floors above want to hear of, inside the same transaction.

`coverage_moved(contract, by, at, on)`: the end of the contract's coverage is another one: corrected, set by hand, extended.
`inspection_reporting(inspection, result, by, at, on)`: a visit is about to be reported, and may be; nothing is locked yet, so
that a number may be drawn.
`inspection_reported(inspection, by, at, on)`: the visit is reported.
"""

from django.dispatch import Signal

coverage_moved = Signal()
inspection_reporting = Signal()
inspection_reported = Signal()
