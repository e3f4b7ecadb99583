"""The promises of the original commitments, as the policy that counts until a company writes its own."""

from datetime import date

from django.db import migrations

from service.rules import DEFAULT_TABLE


def seed(apps, schema_editor):
    policy = apps.get_model("service", "SlaPolicy").objects.create(name="服务承诺", is_default=True)
    version = apps.get_model("service", "SlaVersion").objects.create(
        policy=policy, number=1, valid_from=date(2000, 1, 1)
    )
    target = apps.get_model("service", "SlaTarget")
    target.objects.bulk_create(
        [
            target(
                version=version, phase=phase.value, request_class=request_class.value, leg=leg.value,
                unit=each.unit.value, amount=each.amount,
            )
            for (phase, request_class), promise in DEFAULT_TABLE.items()
            for leg, each in promise.items()
        ]
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("service", "0001_initial")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
