import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('contenttypes', '0002_remove_content_type_name'),
        ('documents', '0001_house'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DeadAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='address')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'bounced address',
                'verbose_name_plural': 'bounced addresses',
            },
        ),
        migrations.CreateModel(
            name='MailText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('kind', models.CharField(max_length=40, verbose_name='kind')),
                ('language', models.CharField(choices=[('en', 'English'), ('zh-hans', '中文')], max_length=10, verbose_name='language')),
                ('subject', models.CharField(max_length=200, verbose_name='subject')),
                ('body', models.TextField(verbose_name='text')),
            ],
            options={
                'verbose_name': 'mail text',
                'verbose_name_plural': 'mail texts',
                'constraints': [models.UniqueConstraint(fields=('kind', 'language'), name='mailtext_once')],
            },
        ),
        migrations.CreateModel(
            name='OutgoingMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('target_id', models.BigIntegerField()),
                ('cause', models.CharField(max_length=120)),
                ('kind', models.CharField(max_length=40, verbose_name='kind')),
                ('language', models.CharField(max_length=10, verbose_name='language')),
                ('to_name', models.CharField(blank=True, max_length=100, verbose_name='reader')),
                ('to_email', models.EmailField(max_length=254, verbose_name='to')),
                ('cc', models.EmailField(blank=True, max_length=254, verbose_name='copy')),
                ('reply_to', models.EmailField(blank=True, max_length=254, verbose_name='reply to')),
                ('subject', models.CharField(max_length=250, verbose_name='subject')),
                ('text', models.TextField(verbose_name='text')),
                ('papers', models.JSONField(blank=True, default=list)),
                ('status', models.CharField(choices=[('queued', 'queued'), ('sending', 'sending'), ('sent', 'sent'), ('refused', 'refused'), ('uncertain', 'uncertain'), ('cancelled', 'cancelled')], default='queued', max_length=10, verbose_name='state')),
                ('on_hold', models.BooleanField(default=False, verbose_name='on hold')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('queued_at', models.DateTimeField(verbose_name='queued at')),
                ('next_attempt_at', models.DateTimeField(null=True, verbose_name='next attempt at')),
                ('sending_since', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True, verbose_name='sent at')),
                ('message_id', models.CharField(blank=True, max_length=200, verbose_name='message id')),
                ('error', models.TextField(blank=True, verbose_name='last error')),
                ('documents', models.ManyToManyField(blank=True, related_name='mails', to='documents.document')),
                ('resend_of', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='resends', to='mail.outgoingmail')),
                ('target_type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contenttypes.contenttype')),
            ],
            options={
                'verbose_name': 'mail',
                'verbose_name_plural': 'mails',
                'ordering': ['-queued_at', '-id'],
                'indexes': [models.Index(fields=['target_type', 'target_id'], name='mail_target'), models.Index(condition=models.Q(('status', 'queued')), fields=['next_attempt_at'], name='mail_due')],
                'constraints': [models.UniqueConstraint(fields=('cause', 'to_email'), name='mail_once_per_cause_and_reader')],
            },
        ),
    ]
