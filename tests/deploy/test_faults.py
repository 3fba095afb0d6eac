"""A deployment on a way that fails: it ends done, or so that the next one finishes it, and never says what is not so."""

import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest

from faulty_proxy import HANG, KINDS
from trial import UNREACHABLE, Trial

# Waiting is most of what a run on a bad way does.
AT_A_TIME = 12
BEFORE = {"first": False, "change": True}


@pytest.fixture
def trials(ministack, account, tmp_path):
    """Makes a trial for each case, whose first part is of BEFORE, and runs some at a time."""

    def run(cases, one):
        def attempt(case):
            key = account(ministack)
            folder = tmp_path / key
            folder.mkdir()
            try:
                return one(Trial(ministack, key, folder, settled=BEFORE[case[0]]), *case[1:])
            except AssertionError as error:
                raise AssertionError(f"{case}: {error}") from error

        with ThreadPoolExecutor(AT_A_TIME) as pool:
            return list(pool.map(attempt, cases))

    return run


def test_what_fails_once_is_tried_again(trials):
    """Every call of a run, by the SDK, and nothing is done twice."""

    def one(trial, kind, number=None):
        hits = lambda call: call.attempt == 1 and number in (None, call.number)  # noqa: E731
        run, hit = trial.deploy(lambda call: kind if hits(call) else None)
        trial.check_done(run)
        assert len(hit) >= len(run.calls) if number is None else hit == [kind]

    # An attempt that hangs takes half a minute: so one call that asks and one that makes something.
    hanging = [("first", HANG, 2), ("change", HANG, 4)]
    trials(hanging + [*itertools.product(BEFORE, KINDS)], one)


def test_no_call_gets_through_any_more(trials):
    """From the first, the second, the third call on. The next deployment goes on where this one stopped."""
    counts = trials([(before,) for before in BEFORE], lambda trial: len(trial.project.deploy().calls))

    def one(trial, number, kind):
        # How long the SDK tries is seen above.
        run, hit = trial.deploy(lambda call: kind if call.number >= number else None, AWS_MAX_ATTEMPTS="1")
        trial.check_sane(run)
        assert set(hit) <= {kind}
        if hit:
            assert (run.code, run.error) == (3, UNREACHABLE), run.told
        else:
            # It looked less often than the run that was counted.
            trial.check_done(run)
        trial.check_done(trial.project.deploy())
        return bool(hit)

    others = itertools.cycle(kind for kind in KINDS if kind != "lost")
    cases = [
        (before, number, kind)
        for before, calls in zip(BEFORE, counts, strict=True)
        for number in range(1, calls + 1)
        # What got through without an answer is the hard part.
        for kind in ("lost", next(others))
    ]
    hit = trials(cases, one)
    assert sum(hit) > len(cases) * 0.8
