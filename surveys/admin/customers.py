"""Customers and suppressions: addresses are found by their hash and shown in part."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from cxsurvey.lib.addresses import AddressError, normalise_email, normalise_phone
from cxsurvey.lib.admin import HistoryAdmin, KeptAdmin, ModelForm, ValuesFilter
from cxsurvey.lib.masking import mask_email, mask_phone
from surveys.actions.customers import CONSENTS, BasisIn, apply_bases, set_addresses
from surveys.actions.follow_dates import follow_dates
from surveys.actions.suppress import lift, opt_out, suppress
from surveys.admin.ask_list import ask_page
from surveys.admin.timeline import basis_in_words, lines_of
from surveys.enums import Channel, LegalBasis
from surveys.models import Customer, Suppression
from surveys.policy.basis import TEXT_LENGTH
from surveys.queries.addresses import address_hashes


class CustomerForm(ModelForm):
    """A customer; addresses are checked before they are taken."""

    basis = forms.ChoiceField(
        label=_("Basis of a consent given here"),
        choices=[("", "---------"), *LegalBasis.choices],
        required=False,
        help_text=_("left open: as it is, or consent where it is given now"),
    )
    basis_text = forms.CharField(
        label=_("Text that was agreed to"),
        max_length=TEXT_LENGTH,
        required=False,
        help_text=_("its name and version, such as “Privacy notice, March 2026”"),
    )

    class Meta:
        model = Customer
        fields = (
            *("external_id", "email", "phone", "language", "time_zone", "segment"),
            *("consent_email", "consent_sms", "preferred_channel", "paused_until", "attributes"),
        )

    def clean_email(self) -> str:
        return _checked("email", self.cleaned_data["email"])

    def clean_phone(self) -> str:
        return _checked("phone", self.cleaned_data["phone"])


def _checked(kind: str, text: str | None) -> str:
    if not text:
        return ""
    try:
        return normalise_email(text) if kind == "email" else normalise_phone(text, settings.PHONE_REGION or None)
    except AddressError as problem:
        raise forms.ValidationError(str(problem)) from problem


@admin.register(Customer)
class CustomerAdmin(KeptAdmin):
    """People; an address is searched as a whole, because only its hash can be searched."""

    form = CustomerForm
    list_display = (
        "external_id",
        "masked_email",
        "masked_phone",
        "language",
        "segment",
        "consent_email",
        "consent_sms",
        "history_of_asking",
    )
    list_filter = ("consent_email", "consent_sms", ("language", ValuesFilter))
    search_fields = ("external_id",)
    search_help_text = _("customer, or a whole e-mail address or phone number")
    readonly_fields = ("public_id", "created_at", "email_rests_on", "sms_rests_on", "history_of_asking")
    fields = (
        *("external_id", "email", "phone", "language", "time_zone", "segment"),
        *("consent_email", "email_rests_on", "consent_sms", "sms_rests_on", "basis", "basis_text"),
        *("preferred_channel", "paused_until", "attributes", "public_id", "created_at", "history_of_asking"),
    )
    actions = ("stop_asking", "ask_chosen")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.asking_view)
        return [path("<int:pk>/asking/", view, name="surveys_customer_asking"), *super().get_urls()]

    def asking_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The customer's history of asking, in words."""
        customer: Any = self.get_object(request, str(pk))
        if customer is None:
            raise Http404
        if not self.has_view_permission(request, customer):
            raise PermissionDenied
        context = self.admin_site.each_context(request) | {"opts": self.opts, "customer": customer}
        context |= {"title": now_("History of asking"), "lines": lines_of(customer)}
        return TemplateResponse(request, "admin/surveys/customer_asking.html", context)

    @admin.display(description=_("asking by e-mail rests on"))
    def email_rests_on(self, customer: Customer) -> str:
        return basis_in_words(customer.basis_email)

    @admin.display(description=_("asking by SMS rests on"))
    def sms_rests_on(self, customer: Customer) -> str:
        return basis_in_words(customer.basis_sms)

    @admin.display(description=_("asking"))
    def history_of_asking(self, customer: Customer) -> str:
        if not customer.pk:
            return "-"
        address = reverse("admin:surveys_customer_asking", args=[customer.pk])
        return format_html('<a href="{}">{}</a>', address, _("history"))

    @admin.action(description=_("Ask the chosen customers"), permissions=["change"])
    def ask_chosen(self, request: HttpRequest, queryset: QuerySet[Customer]) -> HttpResponse | None:
        return ask_page(request, queryset, self.admin_site.each_context(request) | {"opts": self.opts})

    @admin.display(description=_("e-mail"))
    def masked_email(self, customer: Customer) -> str:
        return mask_email(customer.email or "")

    @admin.display(description=_("phone"))
    def masked_phone(self, customer: Customer) -> str:
        return mask_phone(customer.phone or "")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        hashes = address_hashes(search_term)
        if "email" in hashes:
            return queryset.filter(email_hash=hashes["email"]), False
        found, duplicates = super().get_search_results(request, queryset, search_term)
        return (found | queryset.filter(phone_hash=hashes["phone"])) if "phone" in hashes else found, duplicates

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The look-up hashes follow the addresses, what asking rests on the consents."""
        told = form.cleaned_data
        set_addresses(obj, email=told["email"], phone=told["phone"])
        source = f"admin: {request.user}"
        basis = BasisIn(basis=told["basis"] or None, source=source, text=told["basis_text"] or None)
        apply_bases(obj, {name: told[name] for name, _column in CONSENTS}, basis)
        super().save_model(request, obj, form, change)
        follow_dates([obj.pk], (), timezone.now())

    @admin.action(description=_("Stop asking the chosen customers"), permissions=["change"])
    def stop_asking(self, request: HttpRequest, queryset: QuerySet[Customer]) -> None:
        for customer in queryset:
            opt_out(customer, list(Channel), f"admin: {request.user}", timezone.now())
        self.message_user(request, _("They will not be asked again."), messages.SUCCESS)


class SuppressionForm(ModelForm):
    """An address that must not be written to; only its hash is kept."""

    address = forms.CharField(label=_("e-mail address or phone number"), max_length=254)

    class Meta:
        model = Suppression
        fields = ("channel", "reason")

    def clean_channel(self) -> str:
        channel: str = self.cleaned_data["channel"]
        if channel and channel not in Channel:
            raise forms.ValidationError(_("Write email, sms, or leave it blank for all channels."))
        return channel

    def clean_address(self) -> bytes:
        hashes = address_hashes(self.cleaned_data["address"])
        if not hashes:
            raise forms.ValidationError(_("Write one e-mail address, or a phone number with its country code."))
        return next(iter(hashes.values()))


@admin.register(Suppression)
class SuppressionAdmin(HistoryAdmin):
    """Addresses that must not be written to; added and lifted, never edited."""

    form = SuppressionForm
    fields = ("address", "channel", "reason")
    list_display = ("since", "channel", "reason", "source", "until")
    list_filter = ("reason", ("channel", ValuesFilter), ("until", admin.EmptyFieldListFilter))
    search_fields = ("source",)
    search_help_text = _("source, or a whole e-mail address or phone number")
    actions = ("lift_chosen",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "add")

    def has_lift_permission(self, request: HttpRequest) -> bool:
        return self.may(request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("channel", "reason", "source", "since", "until") if obj else self.fields

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        hashes = address_hashes(search_term)
        if hashes:
            return queryset.filter(address_hash__in=list(hashes.values())), False
        return super().get_search_results(request, queryset, search_term)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        key = {"address_hash": form.cleaned_data["address"], "channel": obj.channel, "reason": obj.reason}
        suppress(**key, source=f"admin: {request.user}", now=timezone.now())
        obj.pk = Suppression.objects.get(**key).pk

    @admin.action(description=_("Lift the chosen suppressions"), permissions=["lift"])
    def lift_chosen(self, request: HttpRequest, queryset: QuerySet[Suppression]) -> None:
        for row in queryset:
            lift(bytes(row.address_hash), row.channel, row.reason, timezone.now())
        self.message_user(request, _("Lifted."), messages.SUCCESS)
