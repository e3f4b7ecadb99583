"""The company of the demo and its people; stories are played by the same ones."""

from datetime import datetime

from django.contrib.auth.hashers import make_password

from base.accounts.models import User
from base.chatter.operations import change
from base.company.queries import company
from ops.demo.people import PASSWORD, PEOPLE


def write_company(*, at: datetime) -> None:
    """Give the company its name, its bank and the address its mails come from."""
    change(
        company(),
        {
            "name": "华岳系统集成有限公司",
            "name_en": "Huayue Systems Integration Co., Ltd.",
            "credit_code": "91000000000000019G",
            "address": "杭州市西湖区文三路 90 号",
            "phone": "0571-5550 0100",
            "hotline": "400-555-0100",
            "bank_name": "示例银行杭州分行",
            "bank_account": "6222000012345678901",
            "sender_name": "华岳维保中心",
            "sender_email": "service@example.com",
        },
        by=None,
        at=at,
    )


def write_people() -> dict[str, User]:
    """A person of every role by log-in; all have the same password."""
    password = make_password(PASSWORD)
    return {
        username: User.objects.create(
            username=username,
            display_name=name,
            role=role,
            phone=phone,
            email=f"{username}@example.com",
            password=password,
        )
        for username, name, role, phone in PEOPLE
    }
