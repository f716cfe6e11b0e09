"""What stops the launcher, said in one sentence to the person at the keyboard."""


class Problem(Exception):
    """One clear sentence; shown without a traceback, and the process exits non-zero."""


class Stopped(BaseException):
    """Somebody pressed Ctrl-C or sent SIGTERM; not an error, so no ``except Exception`` eats it."""

    def __init__(self, signal_number: int) -> None:
        super().__init__(signal_number)
        self.signal_number = signal_number
