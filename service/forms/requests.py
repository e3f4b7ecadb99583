"""What a person types about service requests."""

from itertools import product
from typing import Any

from django import forms
from django.db.models import Case, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from base.accounts.access import may
from base.accounts.models import User
from base.ui.forms import MoveForm, SheetForm, dress
from contracts.models import Contract
from service import labels, times
from service.complaints import concerned
from service.enums import Channel, Leg, Phase, RequestClass, RequestStatus
from service.models import ServiceRequest, SlaPolicy
from service.policies import Looser, looser, touched
from service.queries import classes_of, table_of
from service.querysets import sees_all
from service.rules import Target
from service.sentences import moment_text, target_text, target_typed, typed_target
from warranty.forms import EngineerForm, engineers


class MomentInput(forms.DateTimeInput):
    """The browser's own picker of a day and a minute."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


def definitions() -> SafeString:
    """What each class means, beside the choice."""
    names = dict(labels.CLASSES)
    return format_html_join(
        "", "<div><b>{}</b> {}</div>", ((names[each.value], text) for each, text in labels.DEFINITIONS.items())
    )


class RequestForm(SheetForm):
    """A request as it is taken down; afterwards only what was written, never its times or its class."""

    reported_at = forms.DateTimeField(label=pgettext_lazy("request", "reported at"), widget=MomentInput())
    assignee = forms.ModelChoiceField(User.objects.none(), label=_("assigned to"), required=False)

    class Meta:
        model = ServiceRequest
        fields = [
            "contract", "customer", "contact", "caller", "phone", "channel", "request_class", "system", "title", "description", "reported_at",
            "assignee", "about",
        ]  # fmt: skip
        widgets = {"description": forms.Textarea(attrs={"rows": 4})}

    def arrange(self) -> None:
        super().arrange()
        about: Any = self.fields["about"]
        about.queryset = engineers()
        if self.instance.pk:
            for name in ("contract", "customer", "request_class", "reported_at", "assignee"):
                del self.fields[name]
            if self.instance.request_class != RequestClass.COMPLAINT:
                del self.fields["about"]
            return
        contract: Any = self.fields["contract"]
        customer: Any = self.fields["customer"]
        customer.required, customer.help_text = False, _("Only where there is no contract.")
        if self.look:
            contract.queryset = Contract.objects.visible_to(self.look.user)
            if not sees_all(self.look.user):
                # What is not of their contracts they could not see afterwards.
                del self.fields["customer"]
                contract.required = True
        # What covers it is shown before anybody promises anything.
        contract.widget.attrs |= {
            "hx-get": reverse("request_coverage"), "hx-target": "#coverage-hint", "hx-trigger": "change, load",
        }  # fmt: skip
        contract.help_text = mark_safe('<span id="coverage-hint"></span>')
        self.fields["request_class"].help_text = definitions()
        if self.look:
            self.initial["reported_at"] = timezone.localtime(self.look.now)
        assignee: Any = self.fields["assignee"]
        assignee.queryset = engineers()
        if self.look and not may(self.look.user, "requests.assign"):
            del self.fields["assignee"]  # who takes a call works on it until somebody assigns it


class AnswerForm(MoveForm):
    text = forms.CharField(label=_("answer"), widget=forms.Textarea(attrs={"rows": 4}))
    channel = forms.TypedChoiceField(
        label=_("answered how"), choices=labels.CHANNELS, coerce=Channel, initial=Channel.MAIL.value,
        required=False, empty_value=Channel.MAIL,
        help_text=_("By mail, the customer receives what is written here. What was said otherwise is only noted."),
    )  # fmt: skip
    answered_at = forms.DateTimeField(
        label=_("answered at"), widget=MomentInput(), required=False, help_text=_("Empty: now.")
    )


class ArriveForm(MoveForm):
    arrived_at = forms.DateTimeField(label=_("arrived at"), widget=MomentInput())


class TimesForm(MoveForm):
    """The moments that were noted, to be put right."""

    answered_at = forms.DateTimeField(label=_("answered at"), widget=MomentInput())
    arrived_at = forms.DateTimeField(label=_("arrived at"), widget=MomentInput())
    solved_at = forms.DateTimeField(label=_("solved at"), widget=MomentInput())
    reason = forms.CharField(label=_("because"), max_length=200)

    def arrange(self) -> None:
        super().arrange()
        known = {times.FIELDS[kind] for kind in times.noted(self.record)}
        for name in set(times.FIELDS.values()) - known:
            del self.fields[name]


class PauseForm(MoveForm):
    reason = forms.CharField(
        label=_("what the customer has to do"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The customer receives it by mail. The time for the solution stands until you go on."),
    )


class DelayForm(MoveForm):
    expected_at = forms.DateTimeField(label=_("expected to be solved"), widget=MomentInput())
    reason = forms.CharField(
        label=_("because"), widget=forms.Textarea(attrs={"rows": 3}), help_text=_("The customer receives it by mail.")
    )


class ReopenForm(MoveForm):
    reason = forms.CharField(label=_("because"), widget=forms.Textarea(attrs={"rows": 3}))


class ResolveForm(MoveForm):
    solution = forms.CharField(
        label=_("solution"), widget=forms.Textarea(attrs={"rows": 4}), help_text=_("The customer receives it by mail.")
    )
    solved_at = forms.DateTimeField(
        label=_("solved at"), widget=MomentInput(), required=False, help_text=_("Empty: now.")
    )


class CloseForm(MoveForm):
    reason = forms.CharField(
        label=_("because"), max_length=200, required=False, help_text=_("Needed when it is not solved.")
    )


class ReclassifyForm(MoveForm):
    request_class = forms.ChoiceField(label=_("class"))
    reason = forms.CharField(label=_("because"), max_length=200)

    def arrange(self) -> None:
        super().arrange()
        known = classes_of(self.record.sla, Phase(self.record.phase))
        field: Any = self.fields["request_class"]
        field.choices = [(value, text) for value, text in labels.CLASSES if RequestClass(value) in known]
        field.help_text = definitions()


#: More contracts than these are not named one by one.
_NAMED = 20


class WordingForm(MoveForm):
    """All promised times of a policy's next wording, filled with those of the one before."""

    valid_from = forms.DateField(label=_("in force from"))

    def arrange(self) -> None:
        super().arrange()
        newest = self.record.versions.first()
        table = table_of(newest) if newest else {}
        phases, classes = dict(labels.PHASES), dict(labels.CLASSES)
        self.places: dict[str, tuple[Phase, RequestClass, Leg]] = {}
        for phase, each, leg in product(Phase, RequestClass, Leg):
            name = f"{phase}-{each}-{leg}"
            target = table.get((phase, each), {}).get(leg)
            self.places[name] = (phase, each, leg)
            self.fields[name] = forms.CharField(
                label=f"{phases[phase]} · {classes[each]} · {labels.LEGS[leg]}", max_length=20, required=False,
                initial=target_typed(target) if target else "",
            )  # fmt: skip
        self.fields["valid_from"].help_text = _(
            "How times are written: 30m are minutes and 6h hours, day and night; 240b are minutes of working hours; 2d are"
            " working days, until their close. An empty box promises nothing."
        )
        self.fields["all_the_same"] = forms.BooleanField(
            label=_("Store it although it promises less than before"), required=False
        )
        dress(self)

    def clean(self) -> dict[str, Any]:
        """`table` as the rules know it; what cannot be read is said at its field, and what it takes back from whom."""
        values = super().clean() or self.cleaned_data
        table: dict[tuple[Phase, RequestClass], dict[Leg, Target]] = {}
        for name, (phase, each, leg) in self.places.items():
            if text := values.pop(name, ""):
                try:
                    table.setdefault((phase, each), {})[leg] = typed_target(text)
                except ValueError:
                    self.add_error(name, _("Write it like 30m, 6h, 2d; 240b are minutes of working hours."))
        newest = self.record.versions.first()
        less = looser(table_of(newest), table) if newest and not self.errors else []
        if less and not values.pop("all_the_same", False):
            self.add_error("all_the_same", self._takes_back(less))
        return values | {"table": table}

    def _takes_back(self, less: list[Looser]) -> str:
        """Which times are looser, and the contracts they touch."""
        phases, classes = dict(labels.PHASES), dict(labels.CLASSES)
        lines = [
            f"{phases[each.phase.value]} · {classes[each.request_class.value]} · {labels.LEGS[each.leg]}: "
            f"{target_text(each.before)} → {target_text(each.after) if each.after else '—'}"
            for each in less
        ]
        contracts = touched(self.record)
        named = [f"{each.number} {each.customer}" for each in contracts[:_NAMED]]
        text = _(
            "This promises less than before: %(lines)s. It holds for new requests of %(n)s contracts that are signed"
            " already: %(contracts)s. Give those that keep the former times a policy of their own, or tick here."
        )
        rest = "" if contracts.count() <= _NAMED else " …"
        return text % {"lines": "; ".join(lines), "n": contracts.count(), "contracts": ", ".join(named) + rest}


class PolicyForm(MoveForm):
    policy = forms.ModelChoiceField(
        SlaPolicy.objects.filter(versions__isnull=False).distinct(),
        label=_("SLA policy"),
        required=False,
        empty_label=_("the default one"),
    )


class NewPolicyForm(SheetForm):
    class Meta:
        model = SlaPolicy
        fields = ["name", "note"]


class AssignForm(EngineerForm):
    """Whom to give it to; those a complaint is about stand last, with a word, and need a reason."""

    reason = forms.CharField(
        label=_("because"), max_length=200, required=False, help_text=_("Needed for whom the complaint is about.")
    )

    def arrange(self) -> None:
        super().arrange()
        about = concerned(self.record) if isinstance(self.record, ServiceRequest) else ()
        if not about:
            del self.fields["reason"]
            return
        engineer: Any = self.fields["engineer"]
        last = Case(When(pk__in=about, then=Value(1)), default=Value(0))
        engineer.queryset = engineers().order_by(last, "display_name")
        engineer.label_from_instance = lambda person: (
            _("%(person)s (the complaint is about them)") % {"person": person} if person.pk in about else str(person)
        )


class MergeForm(MoveForm):
    into = forms.ModelChoiceField(ServiceRequest.objects.none(), label=_("the same as"))

    def arrange(self) -> None:
        super().arrange()
        into: Any = self.fields["into"]
        if self.look:
            same = ServiceRequest.objects.visible_to(self.look.user).filter(
                customer=self.record.customer_id, merged_into=None, reported_at__lte=self.record.reported_at
            )
            if self.record.contract_id:
                same = same.filter(contract=self.record.contract_id)
            into.queryset = same.exclude(pk=self.record.pk).exclude(status=RequestStatus.CLOSED)
            into.label_from_instance = lambda request: (
                f"{moment_text(request.reported_at)} · {request.title} ({request}, {request.get_status_display()})"
            )
