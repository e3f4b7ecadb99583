"""What other rooms of the desk want to hear of, inside the same transaction.

`request_closed(request, by, at)`: closed for good, not as the same as another; its states are final.
"""

from django.dispatch import Signal

request_closed = Signal()
