import pytest

from hospital.launcher.suite import phases, worst


def test_the_races_run_alone_after_the_rest():
    first, second = phases(["-k", "wallet", "tests/client_wallet"])

    assert first[:5] == ["-m", "not race and not slow", "--dist", "loadgroup", "-n"]
    assert second == ["-m", "race and not slow"]


@pytest.mark.parametrize("arguments", [["-m", "slow"], ["-mrace", "-q"]])
def test_a_selection_by_marker_is_one_phase(arguments: list[str]):
    assert phases(arguments) == [[]]


def test_a_number_of_processes_is_respected_and_never_for_races():
    first, second = phases(["-n0"])

    assert "-n" not in first
    assert second[-2:] == ["-n", "0"]


@pytest.mark.parametrize(
    ("codes", "code"), [([0, 0], 0), ([5, 0], 0), ([0, 5], 0), ([5, 5], 5), ([1, 0], 1), ([2], 2)]
)
def test_the_worse_phase_decides(codes: list[int], code: int):
    assert worst(codes) == code
