"""The ground that every app stands on."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "hospital.core"
    label = "core"
    verbose_name = "Users and access"
    guarded_tables = {"IdempotencyKey": ()}

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in  # apps are loaded only now

        from hospital.core.idle_sessions import begin_session  # reads settings

        user_logged_in.connect(begin_session, dispatch_uid="begin_session")
