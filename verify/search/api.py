"""Search for a counterexample from Python: one call, one outcome."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from time import monotonic

from verify.certificates import folder
from verify.certificates.family import told
from verify.claims import Claim, Setting
from verify.conjecture import conjecture as conjectured
from verify.conjecture import latex_with_constant, with_constant
from verify.environment import describe
from verify.errors import UsageError
from verify.fit import check_fit, device
from verify.search.ahead import helpers
from verify.search.budget import Budget
from verify.search.corpus import Corpus
from verify.search.outcomes import Inconclusive, Outcome, Refuted, judge, worst
from verify.search.pipeline import attack
from verify.search.record import Attack, Counterexample
from verify.search.tighten import Bracketed, bracketed
from verify.search.trial import check_sizes
from verify.theorem import Theorem

__all__ = ["check_budget", "search", "tighten"]

_BUDGET = Budget(rounds=None, batches=4, batch_size=4096, starts=6, examples=40, shrink_seconds=5.0)

_SECONDS, _LONGEST = 60.0, 1e6
"""Seconds a search takes if nothing is said, and at most."""

Progress = Callable[[Claim, Attack], None]
Announce = Callable[[Outcome], None]


def _quiet(*_: object) -> None:
    """Say nothing."""


def search(
    conjecture: str | Claim | Theorem,
    *,
    over: str | Setting = "minimizers",
    depth: tuple[int, int] = (2, 6),
    width: tuple[int, int] = (1, 5),
    budget: float | None = None,
    instances: int | None = None,
    seed: int = 0,
    out: Path | str | None = None,
    fresh: bool = False,
    backend: str = "numpy",
    jobs: int = 1,
    scheduler: str | None = None,
    command: str = "verify.search.search",
    progress: Progress = _quiet,
    announce: Announce = _quiet,
) -> Outcome:
    """Try to refute a conjecture; return Refuted, Survived or Inconclusive.

    Parameters
    ----------
    conjecture
        An expression (see ``certimin quantities`` for the names it may use), a claim, or a
        theorem: then its claims are attacked in turn and the worst outcome is returned.
    over, depth, width
        The setting of an expression and its sizes, both ends included.
    budget
        Seconds, shared by the claims; a survivor uses all of it.  60 if neither it nor
        ``instances`` is given.
    instances
        How many instances are tried at most for each claim.  Then nothing depends on the clock,
        unless ``budget`` is given too and ends the search first, which the receipt says.
    seed
        The same seed tries the same instances in the same order.
    fresh
        Try nothing that the folder ``out`` remembers of earlier searches.
    out
        Folder for certificates (``counterexamples/``) and for what is remembered (``corpus/``);
        None writes nothing.
    backend
        Array library of the float batches.
    jobs
        Processes; with more than one the costly parts are computed by them.  With ``instances`` the
        outcome does not depend on how many, else they share the time.
    scheduler
        Address of a Dask scheduler whose workers take the place of processes here.
    command
        What the certificate says was run.
    progress
        Called with the claim and the attack so far, and with every simpler counterexample.
    announce
        Called with a refutation before anything about it is written: a disk may be full.

    Raises
    ------
    UsageError
        If the conjecture cannot be read, or for a setting, size or budget that cannot be, or a
        quantity that does not exist over the setting, or a backend that is not there.
    """
    _check(depth, width)
    seconds = check_budget(budget, instances)
    if isinstance(conjecture, str):
        conjecture = conjectured("conjecture", conjecture, over=over, depth=depth, width=width)
        check_sizes(conjecture.claims[0])
    claims = (conjecture,) if isinstance(conjecture, Claim) else conjecture.claims
    if not claims:
        raise UsageError(f"conjecture: {conjecture.id} makes no claim; give it one")
    device(claims[0].setting, backend)
    for claim in claims:
        check_fit(claim)
    limits = replace(_BUDGET, seconds=seconds / len(claims)).of(instances)
    corpus = None if out is None else Corpus(Path(out, "corpus"))
    outcomes: list[Outcome] = []
    with helpers(jobs, scheduler) as ahead:
        for claim in claims:
            start = monotonic()
            result = attack(
                claim,
                seed=seed,
                budget=limits,
                backend=backend,
                ahead=ahead,
                corpus=None if fresh else corpus,
                known=() if isinstance(conjecture, Claim) else conjecture.hard_instances(claim),
                progress=lambda attacked, claim=claim: progress(claim, attacked),  # type: ignore[misc]
            )
            outcome = judge(claim, result, monotonic() - start, seed)
            if isinstance(outcome, Refuted):
                announce(outcome)
            try:
                if corpus is not None:
                    corpus.keep(claim, result)
                if isinstance(outcome, Refuted) and out is not None:
                    kept = _certified(
                        outcome.claim, outcome.counterexample, Path(out), seed, command
                    )
                    found = kept.data.get("family")
                    outcome = replace(
                        outcome,
                        certificate=kept.folder,
                        confirmed=kept.confirmed,
                        family=told(found) if found else "",
                        unexported=kept.data.get("unexported", ""),
                    )
                    if kept.contradicted:
                        reason = f"{kept.folder}/check.py disagrees"
                        outcome = Inconclusive(claim, outcome.receipt, reason)
            except OSError as error:
                outcome = replace(outcome, unwritten=str(error))
            outcomes.append(outcome)
            if isinstance(outcome, Refuted) or result.interrupted:
                break
    return worst(outcomes)


def tighten(
    text: str,
    name: str,
    *,
    over: str | Setting = "minimizers",
    depth: tuple[int, int] = (2, 6),
    width: tuple[int, int] = (1, 5),
    budget: float | None = None,
    instances: int | None = None,
    seed: int = 0,
    out: Path | str | None = None,
    backend: str = "numpy",
    jobs: int = 1,
    scheduler: str | None = None,
    command: str = "verify.search.tighten",
    progress: Progress = _quiet,
    announce: Announce = _quiet,
) -> Bracketed:
    """Bracket the extreme value of the free constant ``name`` for which ``text`` survives.

    Where the expression gets easier as the constant grows (``sharpness <= c*hessian_trace``) it is
    the smallest value.  The other parameters are those of :func:`search`; the certificate is for
    the refuted end.

    >>> tighten("sharpness >= c*hessian_trace", "c", depth=(2, 2), width=(1, 1), budget=5).survived
    Fraction(1, 1)
    """
    _check(depth, width)
    seconds = check_budget(budget, instances)
    like = conjectured("conjecture", "depth >= 1", over=over, depth=depth, width=width).claims[0]
    check_sizes(like)
    at = with_constant(text, name, like)
    device(like.setting, backend)
    check_fit(at(Fraction(1)))
    limits = replace(_BUDGET, seconds=seconds).of(instances)
    with helpers(jobs, scheduler) as ahead:
        outcome = bracketed(
            at, name, seed=seed, budget=limits, backend=backend, ahead=ahead, progress=progress
        )
    outcome = replace(outcome, text=text, symbolic=latex_with_constant(text, name, like))
    if outcome.counterexample is not None:
        announce(outcome)
        try:
            if out is not None:
                kept = _certified(outcome.claim, outcome.counterexample, Path(out), seed, command)
                outcome = replace(outcome, certificate=kept.folder)
        except OSError as error:
            outcome = replace(outcome, unwritten=str(error))
    return outcome


def _check(depth: tuple[int, int], width: tuple[int, int]) -> None:
    for name, (low, high) in (("depth", depth), ("width", width)):
        if not 1 <= low <= high <= 64:
            raise UsageError(
                f"{name}: expected LOW:HIGH with 1 <= LOW <= HIGH <= 64, got {low}:{high}"
            )


def check_budget(budget: float | None, instances: int | None = None) -> float:
    """Return the seconds a search may take: as given, else 60, else no limit beside instances.

    Raises
    ------
    UsageError
        For a number of seconds or of instances that no search can take.
    """
    if instances is not None and instances < 1:
        raise UsageError(f"instances: expected a positive number, got {instances}")
    if budget is None:
        return _SECONDS if instances is None else _LONGEST
    if not 0 < budget <= _LONGEST:
        raise UsageError(
            f"budget: expected a positive number of seconds, at most {_LONGEST:g}, got {budget:g}"
        )
    return budget


def _certified(
    claim: Claim, found: Counterexample, out: Path, seed: int, command: str
) -> folder.Certificate:
    """Write the certificate of a counterexample, and let its program check it."""
    environment = describe(backend="numpy", jobs=1, command=command)
    return folder.write(
        found,
        claim,
        out / "counterexamples",
        command=command,
        seed=seed,
        environment=environment,
    )
