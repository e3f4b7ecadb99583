"""The check lists every installation starts with; each may be changed like any other."""

from django.db import migrations

from service.checks.defaults import DEFAULT_LISTS


def seed(apps, schema_editor):
    check_list = apps.get_model("service", "CheckList")
    item = apps.get_model("service", "CheckItem")
    for place, each in enumerate(DEFAULT_LISTS, 1):
        made = check_list.objects.create(
            area=each.area, name=each.name, name_en=each.name_en, is_default=True, place=place * 10
        )
        item.objects.bulk_create(
            [item(checklist=made, place=number, **line._asdict()) for number, line in enumerate(each.items, 1)]
        )


class Migration(migrations.Migration):
    dependencies = [("service", "0003_inspections_in_full")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
