"""Who may sign in, what their roles are, whose sign-in is locked, and who shows a second factor."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet, Sum, Window
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django_otp.plugins.otp_static import admin as _registers_codes  # noqa: F401
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp import admin as _registers_devices  # noqa: F401
from django_otp.plugins.otp_totp.models import TOTPDevice
from rest_framework_simplejwt.token_blacklist import admin as _registers_tokens  # noqa: F401
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from hospital.core.admin import NamesLists, ReadOnlyAdmin, ReasonPage, RefusesNul
from hospital.core.audit.history import TellsChanges
from hospital.core.models import FailedSignIn, SecondFactor, User
from hospital.core.second_factor import turn_off
from hospital.core.second_factor_page import second_factor_page

BUILT_IN = frozenset(
    ("Cashier", "Supervisor", "Pharmacist", "Laboratory", "Accountant", "Auditor", "Patient")
)
RIGHTS = ("is_staff", "is_superuser", "groups")

admin.site.unregister(Group)
for shows_secrets in (OutstandingToken, BlacklistedToken, TOTPDevice, StaticDevice):
    admin.site.unregister(shows_secrets)

# A group is a role here. Only what people read changes: no migration sees it.
Group._meta.verbose_name, Group._meta.verbose_name_plural = "role", "roles"
User._meta.get_field("groups").verbose_name = "roles"
apps.get_app_config("auth").verbose_name = apps.get_app_config("core").verbose_name


@dataclass(frozen=True)
class Done:
    """An act that has no key: doing it again would find nothing to do."""

    replayed: bool = False


@admin.register(User)
class UserAdmin(TellsChanges, RefusesNul, NamesLists, DjangoUserAdmin, ModelAdmin):  # type: ignore[misc,type-arg] # unfold has no types
    """
    Who may sign in. Nobody is deleted: a user that acted stays named, and is made inactive.

    Rights and passwords of others are for superusers: whoever could change them could take any.
    """

    actions = None
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("Access", {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")
    list_display = ("username", "first_name", "last_name", "roles", "is_active", "is_staff")
    list_filter = ("groups", "is_active", "is_staff")
    list_per_page = 50
    ordering = ("username",)
    show_full_result_count = False

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.second_factor_view)
        urls: list[URLPattern] = super().get_urls()
        return [path("second-factor/", page, name="core_user_second_factor"), *urls]

    def second_factor_view(self, request: HttpRequest) -> HttpResponse:
        return second_factor_page(request, self)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        users: QuerySet[User] = super().get_queryset(request)
        return users.prefetch_related("groups")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = tuple(super().get_readonly_fields(request, obj))
        return fields if request.user.is_superuser else (*fields, *RIGHTS)

    def formfield_for_manytomany(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field is not None and db_field.name == "groups":
            field.help_text = "Somebody with several roles may do what any of them may."
        return field

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return bool(super().has_change_permission(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002 - Django's name
        form_url: str = "",
    ) -> HttpResponse:
        if not request.user.is_superuser:
            raise PermissionDenied
        page: HttpResponse = super().user_change_password(request, id, form_url)
        return page

    def roles(self, user: User) -> str:
        return ", ".join(group.name for group in user.groups.all())


@admin.register(Group)
class GroupAdmin(TellsChanges, RefusesNul, NamesLists, DjangoGroupAdmin, ModelAdmin):  # type: ignore[misc] # unfold has no types
    """
    Roles: named sets of permissions, changed by superusers only.

    Those that the migrations make are only seen; a hospital that wants others adds its own.
    """

    actions = None

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        changes = self.has_change_permission(request, obj)
        return ("name", "permissions") if changes else ("name", "may")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("may",)

    def may(self, role: Group) -> str:
        names = role.permissions.order_by("content_type__app_label", "codename")
        return format_html_join("", "<div>{}</div>", names.values_list("name"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_built_in = obj is not None and obj.name in BUILT_IN
        return bool(request.user.is_superuser and not is_built_in)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(FailedSignIn)
class FailedSignInAdmin(ReadOnlyAdmin):
    """Names that failed to sign in lately, by address, and which of them are locked."""

    list_display = ("username", "address", "failures", "last_failure", "state")
    fields = ("username", "address", "failures", "last_failure", "state", "browser")
    ordering = ("-attempt_time", "-pk")
    search_fields = ("username", "ip_address")
    actions_detail = ("unlock",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[FailedSignIn]:
        of_name_and_address = Window(
            Sum("failures_since_start"), partition_by=["username", "ip_address"]
        )
        lately = timezone.now() - settings.AXES_COOLOFF_TIME
        failures: QuerySet[FailedSignIn] = super().get_queryset(request)
        counted: QuerySet[FailedSignIn] = failures.filter(attempt_time__gt=lately).annotate(
            in_all=of_name_and_address
        )
        return counted

    @display(description="address", ordering="ip_address")  # type: ignore[untyped-decorator]
    def address(self, failure: FailedSignIn) -> str:
        return str(failure.ip_address)

    @display(description="failures")  # type: ignore[untyped-decorator] # unfold has no types
    def failures(self, failure: FailedSignIn) -> int:
        return int(failure.failures_since_start)

    @display(description="last failure", ordering="attempt_time")  # type: ignore[untyped-decorator]
    def last_failure(self, failure: FailedSignIn) -> Any:
        return failure.attempt_time

    @display(description="browser")  # type: ignore[untyped-decorator] # unfold has no types
    def browser(self, failure: FailedSignIn) -> str:
        return str(failure.user_agent)

    @display(description="state", label={"locked": "danger"})  # type: ignore[untyped-decorator]
    def state(self, failure: Any) -> str:
        return "locked" if failure.in_all >= settings.AXES_FAILURE_LIMIT else "may try again"

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Unlock",
        url_path="unlock",
        permissions=("core.unlock_sign_in",),
        icon="lock_open",
    )
    def unlock(self, request: HttpRequest, object_id: str) -> HttpResponse:
        failure = self.found(request, object_id)
        page = ReasonPage(
            title="Unlock a sign-in",
            button="Unlock",
            explanation=(
                f"{failure.username} may try again from {failure.ip_address} at once. "
                "Ask first whether the failures were theirs."
            ),
            undo=lambda reason, act: _unlock(failure),
            done=f"{failure} was unlocked.",
            land_on=reverse("admin:core_failedsignin_changelist"),
        )
        return self.reason_page(request, failure, page)


@admin.register(SecondFactor)
class SecondFactorAdmin(ReadOnlyAdmin):
    """Who signs in with a code as well. The secrets are shown to nobody."""

    list_display = ("user", "created_at", "last_used_at", "recovery_codes_left")
    fields = list_display
    list_select_related = ("user",)
    ordering = ("user__username", "pk")
    search_fields = ("user__username", "user__first_name", "user__last_name")
    actions_detail = ("remove",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[SecondFactor]:
        factors: QuerySet[SecondFactor] = super().get_queryset(request)
        codes = Count("user__staticdevice__token_set", distinct=True)
        confirmed: QuerySet[SecondFactor] = factors.filter(confirmed=True).annotate(codes=codes)
        return confirmed

    @display(description="recovery codes left")  # type: ignore[untyped-decorator] # no types
    def recovery_codes_left(self, factor: Any) -> int:
        return int(factor.codes)

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[Any]:
        if not request.user.is_superuser:
            return []
        actions: list[Any] = super().get_actions_detail(request, object_id)
        return actions

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Remove",
        url_path="remove",
        permissions=("core.view_secondfactor",),
        icon="no_encryption",
        variant=ActionVariant.DANGER,
    )
    def remove(self, request: HttpRequest, object_id: str) -> HttpResponse:
        if not request.user.is_superuser:
            raise PermissionDenied
        user = self.found(request, object_id).user
        page = ReasonPage(
            title="Remove a second factor",
            button="Remove",
            explanation=(
                f"{user} signs in by password alone from then on, and can set up another device. "
                "Do it for a lost device, after you have made sure who asks."
            ),
            undo=lambda reason, act: _remove(user),
            done=f"The second factor of {user} was removed.",
            land_on=reverse("admin:core_secondfactor_changelist"),
        )
        return self.reason_page(request, user, page)


def _unlock(failure: FailedSignIn) -> Done:
    same = FailedSignIn.objects.filter(username=failure.username, ip_address=failure.ip_address)
    same.delete()
    return Done()


def _remove(user: User) -> Done:
    turn_off(user)
    return Done()
