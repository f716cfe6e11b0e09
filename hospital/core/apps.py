"""The ground that every app stands on."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "hospital.core"
    label = "core"
    verbose_name = "Users and access"
    guarded_tables = {"IdempotencyKey": ()}
