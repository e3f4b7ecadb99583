import datetime
import django.core.validators
import uuid
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='CalendarYear',
            fields=[
                ('year', models.PositiveSmallIntegerField(primary_key=True, serialize=False, verbose_name='year')),
                ('source', models.CharField(max_length=150, verbose_name='source')),
                ('imported_at', models.DateTimeField(auto_now_add=True, verbose_name='imported at')),
            ],
            options={
                'verbose_name': 'calendar year',
                'verbose_name_plural': 'calendar years',
                'ordering': ['-year'],
            },
        ),
        migrations.CreateModel(
            name='CalendarDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(verbose_name='day')),
                ('kind', models.CharField(choices=[('holiday', 'holiday'), ('workday', 'working day')], max_length=10, verbose_name='kind')),
                ('origin', models.CharField(choices=[('official', 'State Council'), ('company', 'company')], max_length=10, verbose_name='origin')),
                ('name', models.CharField(blank=True, max_length=60, verbose_name='name')),
            ],
            options={
                'verbose_name': 'calendar day',
                'verbose_name_plural': 'calendar days',
                'ordering': ['on'],
                'constraints': [models.UniqueConstraint(fields=('on', 'origin'), name='calendarday_once')],
            },
        ),
        migrations.CreateModel(
            name='Company',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('name', models.CharField(max_length=100, verbose_name='legal name')),
                ('name_en', models.CharField(blank=True, max_length=150, verbose_name='name in English')),
                ('credit_code', models.CharField(blank=True, max_length=20, verbose_name='unified social credit code')),
                ('address', models.CharField(blank=True, max_length=150, verbose_name='address')),
                ('phone', models.CharField(blank=True, max_length=50, verbose_name='phone')),
                ('hotline', models.CharField(blank=True, max_length=50, verbose_name='service hotline')),
                ('bank_name', models.CharField(blank=True, max_length=100, verbose_name='bank')),
                ('bank_account', models.CharField(blank=True, max_length=60, verbose_name='bank account')),
                ('logo', models.FileField(blank=True, upload_to='company/', verbose_name='logo')),
                ('sender_name', models.CharField(blank=True, max_length=80, verbose_name="sender's name")),
                ('sender_email', models.EmailField(blank=True, max_length=254, verbose_name="sender's address")),
                ('mail_on_hold', models.BooleanField(default=True, verbose_name='mail on hold')),
                ('time_zone', models.CharField(default='Asia/Shanghai', max_length=40, verbose_name='time zone')),
                ('daily_run_at', models.TimeField(default=datetime.time(6, 0), verbose_name='daily run at')),
                ('review_days', models.PositiveSmallIntegerField(default=3, help_text='Working days between a renewal draft and its mail.', validators=[django.core.validators.MaxValueValidator(30)], verbose_name='review window')),
                ('approval_deviation', models.DecimalField(decimal_places=4, default=Decimal('0.10'), help_text="A price this far from the price rule, either way, needs a director's approval.", max_digits=5, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1)], verbose_name='approval above')),
                ('calendar_stamp', models.UUIDField(default=uuid.uuid4, editable=False)),
            ],
            options={
                'verbose_name': 'company',
                'verbose_name_plural': 'company',
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='company_single_row')],
            },
        ),
        migrations.CreateModel(
            name='WorkWindow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekday', models.PositiveSmallIntegerField(help_text='0 is Monday', validators=[django.core.validators.MaxValueValidator(6)], verbose_name='weekday')),
                ('opens', models.TimeField(verbose_name='from')),
                ('closes', models.TimeField(verbose_name='to')),
            ],
            options={
                'verbose_name': 'working hours',
                'verbose_name_plural': 'working hours',
                'ordering': ['weekday', 'opens'],
                'constraints': [models.CheckConstraint(condition=models.Q(('opens__lt', models.F('closes'))), name='workwindow_opens_before_closes'), models.UniqueConstraint(fields=('weekday', 'opens'), name='workwindow_once')],
            },
        ),
    ]
