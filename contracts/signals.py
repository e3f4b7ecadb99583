"""What the floors above want to hear of, inside the same transaction.

`contract_amended(contract, by, at, on)`, `contract_terminated(contract, by, at, on, as_planned)`,
`contract_reactivated(contract, by, at, on)`, `termination_planned(contract, by, at, on)`: it is to end on a coming day, or
on another one, `termination_called_off(contract, by, at, on)`: it is not to end after all, `renewal_wish_changed(contract, by, at, on)`,
`contracts_handed_over(contracts, to)`, `customer_changed(customer, by, at, on)`: what its contracts are planned by is
another, or it has other contracts,
`customers_merged(keep, drop, by, at)`: what belongs to `drop` is to belong to `keep`, which stays,
`contracts_merged(keep, drop, by, at)`: one contract was typed twice; what still happens to `drop`, which is to end, happens to `keep`,
`contracts_moved(contracts, to, by, at)`: they have another customer, and what hangs on them has, too,
`contract_signed(contract, by, at)`: it counts from now on, `milestones_moved(contract, by, at)`: a station has a day, or
another one, `contract_changing(contract, changed)`: the fields of these names are about to change.
A receiver that raises undoes the whole operation.
"""

from django.dispatch import Signal

contract_amended = Signal()
contract_terminated = Signal()
contract_reactivated = Signal()
termination_planned = Signal()
termination_called_off = Signal()
renewal_wish_changed = Signal()
contracts_handed_over = Signal()
customer_changed = Signal()
contract_signed = Signal()
milestones_moved = Signal()
contract_changing = Signal()
customers_merged = Signal()
contracts_moved = Signal()
contracts_merged = Signal()
