"""
Who calls with a token: the user and all permissions, and the request counted, in one statement.

A request with a token has nothing else to load them from. Each request asks anew, so that whoever
is deactivated, changes the password or loses a right is stopped at once.
"""

from typing import Any

from hospital.core.models import User
from hospital.core.statements import Statement, run
from hospital.core.throttling import (
    COUNT_REQUEST,
    REQUESTS_MADE,
    count_values,
    counted,
    user_caller,
)

_COLUMNS = [field.attname for field in User._meta.concrete_fields]  # noqa: SLF001 - Django's documented _meta
_FIND = Statement(
    "find_caller",
    f"""
    WITH counted AS ({COUNT_REQUEST})
    SELECT {", ".join(f"person.{column}" for column in _COLUMNS)},
           ARRAY(SELECT kind.app_label || '.' || permission.codename
                   FROM (SELECT permission_id FROM core_user_user_permissions
                          WHERE user_id = person.id
                          UNION
                         SELECT held.permission_id FROM core_user_groups member
                           JOIN auth_group_permissions held USING (group_id)
                          WHERE member.user_id = person.id) AS granted
                   JOIN auth_permission permission ON permission.id = granted.permission_id
                   JOIN django_content_type kind ON kind.id = permission.content_type_id),
           (SELECT requests FROM counted)
      FROM core_user person WHERE person.id = %(id)s::bigint""",  # noqa: S608 - the model's columns
)


class Callers:
    """Stands where simplejwt looks users up; it checks what it finds as it always does."""

    DoesNotExist = User.DoesNotExist

    @property
    def objects(self) -> "Callers":
        return self

    def get(self, *, id: str) -> User:  # noqa: A002 - simplejwt's USER_ID_FIELD
        """
        Return the user with the permissions that ``has_perm`` will be asked for, and with the
        number of requests made in this minute, which the throttle will ask for.

        :raises User.DoesNotExist: if there is none
        """
        row: Any = run([_FIND], {"id": int(id), **count_values(user_caller(int(id)))})
        if row is None:
            raise User.DoesNotExist
        *columns, permissions, requests = row
        user = User.from_db(None, _COLUMNS, columns)
        setattr(user, REQUESTS_MADE, counted(requests))
        user._perm_cache = set(permissions)  # type: ignore[attr-defined]  # noqa: SLF001 - where Django's ModelBackend keeps them
        return user
