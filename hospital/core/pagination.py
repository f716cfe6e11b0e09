"""Lists come in pages, newest first, by a cursor: no page costs more than the first."""

import re

from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request

_ID = re.compile(r"[0-9]{1,19}")


class NewestFirst(CursorPagination):
    ordering = "-pk"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Refuse a cursor that this class never gave: its position is an id."""
        cursor = super().decode_cursor(request)
        if cursor and cursor.position is not None and not _ID.fullmatch(str(cursor.position)):
            raise NotFound(self.invalid_cursor_message)
        return cursor
