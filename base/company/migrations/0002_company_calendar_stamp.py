import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("company", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="company",
            name="calendar_stamp",
            field=models.UUIDField(default=uuid.uuid4, editable=False),
        ),
    ]
