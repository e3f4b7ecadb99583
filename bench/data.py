"""A hundred thousand contracts with their terms and plan, a tenth of them with a renewal due."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from zoneinfo import ZoneInfo

from django.db import connection
from moneyed import Money

from base.accounts.models import Role, User
from base.lib.dates import add_months
from base.lib.text import match_key
from contracts.models import Contact, Contract, Customer
from warranty.enums import TermKind
from warranty.models import MaintenanceTerm
from warranty.operations import term_from
from warranty.planning.writing import plan_contracts
from warranty.rules import first_period

ON = date(2026, 11, 22)
AT = datetime(2026, 11, 22, 6, tzinfo=ZoneInfo("Asia/Shanghai"))
#: The last day of a term whose renewal is drafted on `ON`.
DUE_END = ON + timedelta(days=90)
_CITIES = ["明珠", "青岭", "东川", "云湖", "松岭", "白石", "碧水", "海棠", "金沙", "玉泉", "北苑", "西郊"]
_UNITS = ["港务有限公司", "大学", "数据资源管理局", "第一人民医院", "水务集团有限公司", "农商银行", "政务服务中心"]


def fill(count: int, *, due: int) -> None:
    """Make `count` contracts of which `due` have a renewal due on `ON`; the others end on other days."""
    User.objects.bulk_create(
        [
            User(username=f"m{n}", display_name=f"经理{n}", email=f"m{n}@example.com", role=Role.MANAGER)
            for n in range(20)
        ]
    )
    User.objects.create(username="director", display_name="主管", email="director@example.com", role=Role.DIRECTOR)
    managers = list(User.objects.filter(role=Role.MANAGER))
    customers = Customer.objects.bulk_create(
        [
            Customer(
                name=(name := f"{_CITIES[n % 12]}{_UNITS[n % 7]}{n:06d}"), key=match_key(name), initials=f"kh{n:06d}"
            )
            for n in range(count // 5)
        ],
        batch_size=1000,
    )
    contacts = Contact.objects.bulk_create(
        [Contact(customer=customer, name="王女士", email=f"c{customer.pk}@example.com") for customer in customers],
        batch_size=1000,
    )
    every = iter(range(count))
    while numbers := list(islice(every, 5000)):
        _contracts(numbers, count, due, customers, contacts, managers)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _contracts(
    numbers: list[int], count: int, due: int, customers: list[Customer], contacts: list[Contact], managers: list[User]
) -> None:
    contracts = []
    for n in numbers:
        # Those not due end between four months and three years from now.
        end = DUE_END if n % (count // due) == 0 else ON + timedelta(days=120 + n % 900)
        owner = n % len(customers)
        accepted = add_months(end, -12)
        contracts.append(
            Contract(
                number=f"WB-{n:06d}", customer=customers[owner], contact=contacts[owner], manager=managers[n % 20],
                project=f"综合业务平台{n % 97}", amount=Money(Decimal(300_000 + n * 37 % 9_000_000), "CNY"),
                signed_on=accepted - timedelta(days=200), final_acceptance_on=accepted, free_months=12,
                renewal_rate=Decimal("0.12") if n % 3 else None,
            )
        )  # fmt: skip
    contracts = Contract.objects.bulk_create(contracts)
    MaintenanceTerm.objects.bulk_create(
        [
            term_from(
                first_period(contract.final_acceptance_on, 12), contract=contract, kind=TermKind.FREE, origin="ledger"
            )
            for contract in contracts
            if contract.final_acceptance_on
        ]
    )
    plan_contracts([contract.pk for contract in contracts], on=ON)
