"""What came back: responses and their answers, and erasing them where customers want no part in it any more."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cxsurvey.lib.admin import HistoryAdmin, InlineHistory
from feedback.actions.erase_answers import withdraw_customers
from feedback.models import Answer, Response


class AnswerInline(InlineHistory):
    """The answers of a response."""

    model = Answer
    fields = ("question", "measures", "stage", "value", "choices", "score")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Answer]:
        return super().get_queryset(request).select_related("question", "stage")


@admin.register(Response)
class ResponseAdmin(HistoryAdmin):
    """One customer's answers to one survey on one occasion."""

    list_display = ("answered_at", "survey", "customer", "run", "source", "channel", "complete", "late", "public_id")
    list_filter = ("survey", "source", "channel", "complete", "late")
    list_select_related = ("survey", "customer", "run")
    search_fields = ("=public_id", "customer__external_id", "run__external_id")
    date_hierarchy = "answered_at"
    exclude = ("content_hash",)
    inlines = (AnswerInline,)
    actions = ("withdraw",)

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "delete")

    @admin.action(description=_("Erase all answers of these customers and stop asking them"), permissions=["withdraw"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Response]) -> HttpResponse | None:
        """First a page that says what goes; then it goes."""
        chosen = queryset.exclude(customer=None).order_by("customer__external_id")
        people = dict(chosen.values_list("customer_id", "customer__external_id").distinct())
        if request.POST.get("step") == "erase":
            gone = withdraw_customers(list(people), f"admin: {request.user}", timezone.now())
            words = ngettext("%(n)s response erased.", "%(n)s responses erased.", gone) % {"n": gone}
            self.message_user(request, words, messages.SUCCESS)
            return None
        context = self.admin_site.each_context(request) | {"opts": self.opts, "people": sorted(people.values())}
        context |= {"title": now_("Erase answers"), "chosen": list(queryset.values_list("pk", flat=True))}
        context["gone"] = Response.objects.filter(customer__in=people).count()
        return TemplateResponse(request, "admin/feedback/withdraw.html", context)


@admin.register(Answer)
class AnswerAdmin(HistoryAdmin):
    """Single answers, each with what it measures."""

    list_display = ("question", "measures", "stage", "value", "score", "run", "answered_at")
    list_filter = ("measures", "question__metric")
    list_select_related = ("question", "stage", "run")
    search_fields = ("question__code", "run__external_id")
