"""The ground that every app stands on."""

from django.apps import AppConfig

from hospital.core.audit.records import Audited


class CoreConfig(AppConfig):
    name = "hospital.core"
    label = "core"
    verbose_name = "Users and access"
    guarded_tables = {"IdempotencyKey": (), "Change": ()}
    written_by_the_database = ("Change",)
    audited = {
        "core.User": Audited(hidden=("password",), ignored=("last_login",)),
        "auth.Group": Audited(),
        "core.User_groups": Audited("role of user", links=("user", "group")),
        "core.User_user_permissions": Audited("permission of user", links=("user",)),
        "auth.Group_permissions": Audited("permission of role", links=("group",)),
    }

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in  # apps are loaded only now

        from hospital.core.idle_sessions import begin_session  # reads settings
        from hospital.core.open_sessions import note_session  # reads models

        user_logged_in.connect(begin_session, dispatch_uid="begin_session")
        user_logged_in.connect(note_session, dispatch_uid="note_session")
