import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('contenttypes', '0002_remove_content_type_name'),
    ]

    operations = [
        migrations.CreateModel(
            name='NumberSeries',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('prefix', models.CharField(max_length=10)),
                ('year', models.PositiveSmallIntegerField()),
                ('last', models.PositiveIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'number series',
                'verbose_name_plural': 'number series',
                'constraints': [models.UniqueConstraint(fields=('prefix', 'year'), name='numberseries_once')],
            },
        ),
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('target_id', models.BigIntegerField()),
                ('key', models.CharField(max_length=120, unique=True)),
                ('name', models.CharField(max_length=200, verbose_name='file name')),
                ('file', models.FileField(max_length=250, upload_to='documents/%Y/%m/')),
                ('mime', models.CharField(default='application/pdf', max_length=100)),
                ('size', models.PositiveBigIntegerField(verbose_name='size')),
                ('sha256', models.CharField(max_length=64)),
                ('at', models.DateTimeField(verbose_name='at')),
                ('target_type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contenttypes.contenttype')),
            ],
            options={
                'verbose_name': 'document',
                'verbose_name_plural': 'documents',
                'ordering': ['-at', '-id'],
                'indexes': [models.Index(fields=['target_type', 'target_id'], name='document_target')],
            },
        ),
    ]
