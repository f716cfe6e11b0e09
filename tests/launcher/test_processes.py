"""Facts about running processes."""

import os
import subprocess

from hospital.launcher import processes


def test_children_are_those_that_a_process_started_itself():
    with subprocess.Popen(["sh", "-c", "sleep 60; true"]) as parent:  # noqa: S607 - PATH's
        try:
            while not (below := processes.children_of(parent.pid)):
                pass
            assert parent.pid in processes.children_of(os.getpid())
            assert below[0] not in processes.children_of(os.getpid())
        finally:
            for pid in processes.children_of(parent.pid):
                os.kill(pid, 9)
