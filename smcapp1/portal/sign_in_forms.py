"""Forms by which patients sign in, choose passwords and write names that people sign in by."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.contrib.auth.password_validation import (
    validate_password,
)
from django.core.exceptions import ValidationError

from hospital.core.portal import PortalForm
from hospital.core.second_factor import has_second_factor
from hospital.core.sign_in import CountsSignIns

PASSWORD_LENGTH = 128  # longer ones would only keep the server busy


class Password(forms.CharField):
    """A password; browsers are told whether it is the one they know or a new one."""

    def __init__(self, label: str, *, is_new: bool, help_text: str = "") -> None:
        known = "new-password" if is_new else "current-password"
        super().__init__(
            label=label,
            strip=False,
            max_length=PASSWORD_LENGTH,
            widget=forms.PasswordInput(attrs={"autocomplete": known}),
            help_text=help_text,
        )


class PortalSignInForm(CountsSignIns, AuthenticationForm):
    """The patients' sign-in. Who has a second factor is asked for it at the desk's own door."""

    username = UsernameField(label="Username", max_length=150)
    password = Password("Password", is_new=False)

    belongs_to_the_desk = False

    def require_second_factor(self, username: str, code: str) -> None:
        self.belongs_to_the_desk = has_second_factor(self.get_user())


class NewPasswordForm(PortalForm):
    """A password typed twice, by the rules that all passwords keep."""

    password = Password(
        "New password",
        is_new=True,
        help_text="At least 8 characters, not only digits, nothing that others guess first.",
    )
    password_again = Password("The same password again", is_new=True)

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        first, second = typed.get("password"), typed.get("password_again")
        if first and second and first != second:
            self.add_error("password_again", "The two passwords are not the same.")
        elif first:
            self._require_good(first)
        return typed

    def owner(self) -> Any:
        """Return whose password it is to be: it must not be like the name."""
        return None

    def _require_good(self, password: str) -> None:
        try:
            validate_password(password, user=self.owner())
        except ValidationError as bad:
            self.add_error("password", bad)


class NewAccountForm(NewPasswordForm):
    """The name and password that somebody will sign in by."""

    username = UsernameField(
        label="Username",
        min_length=3,
        max_length=50,
        validators=[get_user_model().username_validator],
        help_text="You sign in by it. Letters, digits and @ . + - _ only.",
    )

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["password"].label = "Password"

    def owner(self) -> Any:
        names = ("username", "first_name", "last_name")
        known = {name: self.cleaned_data.get(name, "") for name in names}
        return get_user_model()(**known)


class OwnPasswordForm(NewPasswordForm):
    """Another password for somebody signed in, who knows the one before."""

    old_password = Password("Password now", is_new=False)
    field_order = ("old_password", "password", "password_again")

    user: Any = None  # whose; set by the page

    def owner(self) -> Any:
        return self.user


class CodeForm(PortalForm):
    """The hospital number and the code that the desk printed."""

    hospital_number = forms.CharField(
        label="Hospital number",
        max_length=20,
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off"}),
        help_text="Like HN0000042; it stands on every receipt.",
    )
    code = forms.CharField(
        label="Code",
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocapitalize": "characters", "autocomplete": "one-time-code"}
        ),
        help_text="From the paper that the desk printed.",
    )

    def number(self) -> str:
        """Return the hospital number as it is kept, and as failures are counted under it."""
        return str(self.cleaned_data["hospital_number"]).upper()


class ResetForm(NewPasswordForm, CodeForm):
    """A new password, by a code of the desk."""

    field_order = ("hospital_number", "code", "password", "password_again")
