"""What people add beside a sheet: messages, to-dos, files. Each answer is the thread as it is then."""

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from base.chatter.files import add_attachment, file_response, mark_commercial
from base.chatter.models import Attachment
from base.chatter.operations import finish_todo, make_todo, write_message, write_todos
from base.chatter.visibility import files_shown_to
from base.lib.errors import Refused
from base.ui import record as records
from base.ui import thread as threads
from base.ui.forms import TodoForm
from base.ui.inputs import moment
from base.ui.look import Look
from base.ui.once import once
from base.ui.page import AnyPage


def _thread(request: HttpRequest, page: type[AnyPage], record: Model, look: Look, **extra: object) -> HttpResponse:
    """The thread alone for htmx, the whole sheet for everybody else."""
    if not request.htmx:  # type: ignore[attr-defined]
        return HttpResponseRedirect(page.address("sheet", record.pk) + "#chatter")
    context = {"page": page, "record": record, "look": look, "thread": threads.Thread(page, record, look), **extra}
    return TemplateResponse(request, "ui/chatter.html", context)


@require_safe
def thread(request: HttpRequest, *, page: type[AnyPage], pk: int) -> HttpResponse:
    """Older entries, to be put under those that are there; or, without `before`, the form for a new to-do."""
    look = Look.of(request)
    record = records.record_or_404(page, look, pk)
    before = moment(request.GET.get("before"))
    context = {"page": page, "record": record, "look": look, "thread": threads.Thread(page, record, look, before)}
    return TemplateResponse(request, "ui/chatter_entries.html", context)


@require_POST
@once
def write(request: HttpRequest, *, page: type[AnyPage], pk: int) -> HttpResponse:
    look = Look.of(request)
    record = records.record_or_404(page, look, pk)
    write_message(target=record, text=request.POST.get("text", "")[:10_000], by=look.user, at=look.now)
    return _thread(request, page, record, look)


@require_http_methods(["GET", "POST"])
@once
def add_todo(request: HttpRequest, *, page: type[AnyPage], pk: int) -> HttpResponse:
    """A to-do is written down. Asked for by GET: the fields it takes, which most sheets are left without."""
    look = Look.of(request)
    record = records.record_or_404(page, look, pk)
    if request.method == "GET":
        return TemplateResponse(request, "ui/todo_fields.html", {"look": look})
    form = TodoForm(request.POST, record=record, look=look)
    if not form.is_valid():
        if not request.htmx:  # type: ignore[attr-defined]
            raise Refused(_("A to-do needs a text, a day and a person."))
        return _thread(request, page, record, look, todo_form=form)
    data = form.cleaned_data
    write_todos(
        [
            make_todo(
                record,
                kind="note",
                due_on=data["due_on"],
                at=look.now,
                assignee=data["assignee"],
                text=data["text"],
                by=look.user,
            )
        ]
    )
    return _thread(request, page, record, look)


@require_POST
def tick(request: HttpRequest, *, page: type[AnyPage], pk: int, todo: int) -> HttpResponse:
    look = Look.of(request)
    record = records.record_or_404(page, look, pk)
    finish_todo(todo=threads.own_todo(page, record, todo, look.user), by=look.user, at=look.now)
    return _thread(request, page, record, look)


@require_POST
@once
def attach(request: HttpRequest, *, page: type[AnyPage], pk: int) -> HttpResponse:
    look = Look.of(request)
    record = records.record_or_404(page, look, pk)
    uploads = request.FILES.getlist("file")
    if not uploads:
        raise Refused(_("Choose a file first."), field="file")
    for upload in uploads:
        add_attachment(target=record, upload=upload, by=look.user, at=look.now, commercial=_said(request))
    return _thread(request, page, record, look)


def _said(request: HttpRequest) -> bool | None:
    """Whether a file holds prices, where that was asked; None leaves it to the kind of record."""
    return request.POST.get("commercial") == "yes" if "commercial" in request.POST else None


@require_POST
def mark_file(request: HttpRequest, *, page: type[AnyPage], pk: int, file: int) -> HttpResponse:
    """Say that a file holds prices, or that it does not."""
    look = Look.of(request)
    record = records.record_or_404(page, look, pk)
    kind = ContentType.objects.get_for_model(page.model)
    attachment = Attachment.objects.filter(target_type=kind, target_id=record.pk, pk=file).first()
    if attachment is None:
        raise Http404(file)
    mark_commercial(attachment=attachment, commercial=bool(_said(request)), by=look.user, at=look.now)
    return _thread(request, page, record, look)


@require_safe
def download(request: HttpRequest, *, page: type[AnyPage], pk: int, file: int) -> FileResponse:
    """A file of this record."""
    look = Look.of(request)
    record = records.record_or_404(page, look, pk)
    kind = ContentType.objects.get_for_model(page.model)
    rows = files_shown_to(look.user, Attachment.objects.filter(target_type=kind, target_id=record.pk))
    attachment = rows.filter(pk=file).first()
    if attachment is None or not attachment.file.storage.exists(str(attachment.file.name)):
        raise Http404(file)
    return file_response(attachment)
