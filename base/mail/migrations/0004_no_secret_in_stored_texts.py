"""Take the secrets of links out of the mails that are stored, and out of what their events remember.

A mail that still waits gets the placeholder that its link takes when it leaves; of one that left, the link is masked. What
was written before cannot be asked anew, so a waiting mail counts as worded by hand: it leaves as it is to its reader, and
waits for a look when that changed.
"""

import json
import re

from django.db import migrations

#: The last step of an address under which a customer answers.
SECRET = re.compile(r"(https?://[^\s/]+/(?:[^\s/]+/)*(?:q|c|s)/)([A-Za-z0-9_-]{20,})/")
#: Kinds that are asked for their link when they leave.
WITH_LINK = ("renewal_quote", "renewal_reminder", "access_asked", "manager_change_asked", "survey_asked")


def masked(text):
    return SECRET.sub(lambda found: f"{found[1]}…{found[2][-4:]}/", text)


def clean_mails(apps, schema_editor):
    mails = apps.get_model("mail", "OutgoingMail").objects.using(schema_editor.connection.alias)
    changed = []
    for mail in mails.only("pk", "status", "kind", "subject", "text").iterator(chunk_size=500):
        waits = mail.status == "queued"
        late = waits and mail.kind in WITH_LINK
        text = SECRET.sub("{link}", mail.text) if late else masked(mail.text)
        subject = masked(mail.subject)
        if waits or (text, subject) != (mail.text, mail.subject):
            mail.text, mail.subject, mail.edited = text, subject, waits
            changed.append(mail)
        if len(changed) >= 500:
            mails.bulk_update(changed, ["text", "subject", "edited"])
            changed = []
    if changed:
        mails.bulk_update(changed, ["text", "subject", "edited"])


def clean_events(apps, schema_editor):
    alias = schema_editor.connection.alias
    kind = apps.get_model("contenttypes", "ContentType").objects.using(alias).filter(
        app_label="mail", model="outgoingmail"
    )
    events = apps.get_model("chatter", "Event").objects.using(alias).filter(
        target_type__in=kind.values("pk"), verb="edited"
    )
    for event in events.iterator(chunk_size=500):
        changes = json.loads(masked(json.dumps(event.changes, ensure_ascii=False)))
        if changes != event.changes:
            type(event)._base_manager.using(alias).filter(pk=event.pk).update(changes=changes)


class Migration(migrations.Migration):
    dependencies = [
        ("mail", "0003_late_words_and_looks"),
        ("chatter", "0001_house"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RunPython(clean_mails, migrations.RunPython.noop),
        migrations.RunPython(clean_events, migrations.RunPython.noop),
    ]
