"""What other rooms of the desk want to hear of, inside the same transaction.

`request_closed(request, by, at)`: closed for good, not as the same as another; its states are final.
`work_to_invoice(work, at)`: what the customer agreed to pay for a request or a visit is to be invoiced now.
"""

from django.dispatch import Signal

request_closed = Signal()
work_to_invoice = Signal()
