"""Identifiers of the journal's entries."""

from datetime import UTC, datetime
from time import sleep
from uuid import UUID

from hospital.core.uids import new_uid


def test_a_uid_is_of_version_7_and_says_when_it_was_given():
    before = datetime.now(UTC).timestamp()

    uid = UUID(new_uid())

    given = (uid.int >> 80) / 1000
    assert (uid.version, uid.variant) == (7, "specified in RFC 4122")
    assert before - 0.001 <= given <= datetime.now(UTC).timestamp()


def test_later_ones_come_later_and_no_two_are_the_same():
    first = new_uid()
    sleep(0.002)
    many = [new_uid() for _ in range(1000)]

    assert first < min(many)
    assert len(set(many)) == 1000
