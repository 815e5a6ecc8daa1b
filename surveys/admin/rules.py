"""When a survey is asked, how far that is in force, and how often a customer may be asked."""

from datetime import timedelta
from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from cxsurvey.lib.admin import HistoryAdmin, ListAdmin
from cxsurvey.lib.refusals import Refused
from surveys.actions.rule_modes import Mode, customers_named, move_rule, note_new_rule
from surveys.actions.sms_cost import rule_costs
from surveys.admin.sms_costs import costs_in_words
from surveys.admin.timeline import reason_in_words
from surveys.enums import RuleMode
from surveys.models import ContactPolicy, Rule, RuleMove
from surveys.queries.timeline import would_be

TRIAL: Final = timedelta(days=7)  # how long shadow mode should be looked at, and is counted back


MODES: Final = (
    (RuleMode.SHADOW, _("shadow: nobody is asked, the ledger shows who would be")),
    (RuleMode.TEST, _("test: only the customers of its list are asked")),
    (RuleMode.RAMP, _("ramp: up to a number of customers a day")),
    (RuleMode.LIVE, _("live: everybody is asked")),
)


class ModeForm(forms.Form):
    """To which mode a rule moves, and why."""

    mode = forms.ChoiceField(label=_("mode"), choices=MODES, widget=forms.RadioSelect)
    test = forms.CharField(
        label=_("customers of the test"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("one a line: customer, whole e-mail address or phone number"),
    )
    per_day = forms.IntegerField(label=_("asks a day while ramped up"), required=False, min_value=1, max_value=100_000)
    reason = forms.CharField(label=_("reason"), max_length=200)

    def wanted(self) -> Mode:
        """The mode with what belongs to it; Refused where a customer is unknown."""
        told, mode = self.cleaned_data, RuleMode(self.cleaned_data["mode"])
        names = [line.strip() for line in told["test"].splitlines() if line.strip()]
        test = customers_named(names) if mode == RuleMode.TEST else ()
        return Mode(mode, test, told["per_day"] if mode == RuleMode.RAMP else None)


@admin.register(Rule)
class RuleAdmin(ListAdmin):
    """What makes an ask due. A rule starts in shadow mode and is moved on by a page of its own."""

    list_display = ("survey", "order", "trigger", "in_force", "delay", "window", "channels", "sample", "life", "active")
    list_filter = ("mode", "trigger", "active", "survey__kind", "survey__journey")
    list_select_related = ("survey",)
    search_fields = ("survey__code", "survey__name")
    exclude = ("mode", "test_customers", "per_day", "mode_since")
    readonly_fields = ("in_force", "text_messages")

    @admin.display(description=_("mode"), ordering="mode")
    def in_force(self, rule: Rule) -> str:
        if not rule.pk:
            return str(RuleMode.SHADOW.label)
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:surveys_rule_mode", args=[rule.pk]), rule.get_mode_display()
        )

    @admin.display(description=_("text messages"))
    def text_messages(self, rule: Rule) -> str:
        """What one costs, where the texts of the rule's survey are sent by it."""
        return costs_in_words(rule_costs(rule)) if rule.pk else "–"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            note_new_rule(obj, str(request.user), timezone.now())

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.mode_view)
        return [path("<int:pk>/mode/", view, name="surveys_rule_mode"), *super().get_urls()]

    def mode_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show how far the rule is in force and what it would have done; move it on POST."""
        rule: Any = self.get_object(request, str(pk))
        if rule is None:
            raise Http404
        if not self.has_change_permission(request, rule):
            raise PermissionDenied
        form = ModeForm(request.POST or None, initial=_initial(rule))
        if request.method == "POST" and form.is_valid() and self._move(request, rule, form):
            return HttpResponseRedirect(request.path)
        context = self.admin_site.each_context(request) | _facts(rule)
        context |= {"opts": self.opts, "rule": rule, "form": form, "title": now_("How far this rule is in force")}
        return TemplateResponse(request, "admin/surveys/rule_mode.html", context)

    def _move(self, request: HttpRequest, rule: Rule, form: ModeForm) -> bool:
        try:
            move_rule(rule, form.wanted(), form.cleaned_data["reason"], str(request.user), timezone.now())
        except Refused as refused:
            value = f" ({refused.value})" if refused.value else ""
            form.add_error(refused.column if refused.column in form.fields else None, f"{refused.reason}{value}")
            return False
        words = now_("The rule is in this mode now: %(mode)s") % {"mode": rule.get_mode_display()}
        self.message_user(request, words, messages.SUCCESS)
        return True


def _initial(rule: Rule) -> dict[str, Any]:
    return {"mode": rule.mode, "test": "\n".join(rule.test_customers), "per_day": rule.per_day}


def _facts(rule: Rule) -> dict[str, Any]:
    """What the rule would have done in the days of its trial, and its moves."""
    now = timezone.now()
    counts = would_be(rule.pk, now - TRIAL)
    rows = sorted(((reason_in_words(code), n) for code, n in counts.items()), key=lambda row: -row[1])
    asked, total = counts.get("planned", 0), sum(counts.values())
    early = rule.mode == RuleMode.SHADOW and now - rule.mode_since < TRIAL
    trial = {"days": TRIAL.days, "rows": rows, "asked": asked, "total": total, "early": early}
    return {"trial": trial, "moves": list(rule.moves.all()[:50]), "costs": rule_costs(rule)}


@admin.register(RuleMove)
class RuleMoveAdmin(HistoryAdmin):
    """Every move of a rule to another mode."""

    list_display = ("at", "rule", "from_mode", "to_mode", "reason", "by")
    list_filter = ("to_mode",)
    list_select_related = ("rule",)
    search_fields = ("rule__survey__code", "reason", "by")


@admin.register(ContactPolicy)
class ContactPolicyAdmin(ListAdmin):
    """Limits per journey, and the installation's own."""

    list_display = ("__str__", "journey", "limits")
    list_select_related = ("journey",)
    search_fields = ("journey__code", "journey__name")
