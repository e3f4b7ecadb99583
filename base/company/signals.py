"""What the floors above want to hear of, inside the same transaction.

`calendar_changed(on, by, at)`: other days or hours are worked than before, or the review window is another; `on` is
today. A receiver moves its open dates and returns what moved (a list, shown to whoever made the change). One that
raises undoes it all.

`approval_limit_changed(by, at)`: how far a price may depart without a director is another share.
"""

from django.dispatch import Signal

calendar_changed = Signal()
approval_limit_changed = Signal()
