"""Which networks belong to a setting where their matrices alone say so: what a judge reads.

A network is weights W_1, ..., W_L with W_k of shape (d_k, d_{k-1}), second moments Σ ⪰ 0 and, for
settings that are not of minimizers, a target T with TΣ != 0; of a minimizer T = P is the map of the
network.  A condition is decided as everywhere, without tolerance.  The sets are those that the
settings describe: the ranges a recipe draws from only keep its examples small.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from numeric.arithmetic.rational import Rational
from theorems import settings
from theorems.assumptions import one_output, vanishes, whitened
from theorems.instances import Instance
from theorems.quantities import minimal_sharpness, sharpness
from theorems.recipes import with_target
from verify.claims import Assumption, Bounds, assumed
from verify.errors import UsageError
from verify.judging.document import expect_keys, number, shown
from verify.judging.members import read_by

__all__ = ["NetworkReader"]


def _is_balanced(instance: Instance) -> Any:
    return vanishes(instance, *instance.net.imbalances)


def _is_square(instance: Instance) -> bool:
    return len(set(instance.net.widths)) == 1


_balanced = Assumption("balanced", _is_balanced, r"D_k = 0 \text{ for all } k")
_square = Assumption("square", _is_square, "d_0 = d_1 = \\dots = d_L")
_flattest = assumed(sharpness.symbol <= minimal_sharpness.symbol)


@dataclass(frozen=True)
class NetworkReader:
    """Reads a network of a setting.

    Parameters
    ----------
    conditions
        What tells the setting's networks from others.
    minimizers
        Whether their target is their own map.
    """

    conditions: tuple[Assumption, ...] = ()
    minimizers: bool = True

    def __call__(self, written: Mapping[str, Any], bounds: Bounds) -> Instance:
        """Return the exact network with these entries, of these sizes.

        Raises
        ------
        UsageError
            There is none, or it is not of the setting.
        ArithmeticError
            A condition cannot be decided.
        """
        needed = ("weights", "sigma") if self.minimizers else ("weights", "sigma", "target")
        expect_keys(written, "candidate", needed, ("target",))
        layers, widths = _layers(written["weights"], bounds)
        sigma = _matrix(written["sigma"], "candidate.sigma", widths[0], widths[0])
        target = None
        if "target" in written:
            target = _matrix(written["target"], "candidate.target", widths[-1], widths[0])
        return self._checked(layers, sigma, target)

    def _checked(self, layers: list[Any], sigma: Any, target: Any) -> Instance:
        ar = Rational()
        if not ar.is_zero(sigma - sigma.mT):
            raise UsageError("candidate.sigma: expected a symmetric matrix")
        if ar.compare(ar.eig_max(-sigma), ar.scalar(0)).sign == 1:
            raise UsageError("candidate.sigma: expected no negative eigenvalue, for it is E[x xᵀ]")
        found = with_target(Instance.of(ar, layers, sigma, target))
        if self.minimizers and not ar.is_zero(found.target - found.net.end_to_end):
            raise UsageError("candidate.target: expected the map of the network, W_L ... W_1")
        for condition in self.conditions:
            decision = condition.decide(found, exact_first=False)
            if decision.open:
                raise ArithmeticError(decision.reason or condition.id)
            if decision.outcome != "holds":
                raise UsageError(f"candidate: not of the setting: {condition.latex} fails")
        return found


def _layers(written: Any, bounds: Bounds) -> tuple[list[Any], list[int]]:
    """The layers and the widths (d_0, ..., d_L); sizes are looked at before entries."""
    where = "candidate.weights"
    low, high = bounds.depth
    if not isinstance(written, list) or not low <= len(written) <= high:
        got = f"{len(written)}" if isinstance(written, list) else shown(written)
        raise UsageError(f"{where}: expected {_between(low, high)} layers, got {got}")
    widths = [_columns(_rows(written[0], f"{where}[0]"), f"{where}[0]")]
    layers = []
    for k, rows in enumerate(written):
        layers.append(_matrix(rows, f"{where}[{k}]", None, widths[-1], bounds))
        widths.append(layers[-1].shape[0])
    return layers, widths


def _between(low: int, high: int) -> str:
    return str(low) if low == high else f"{low} to {high}"


def _rows(written: Any, where: str) -> Sequence[Any]:
    if not isinstance(written, list):
        raise UsageError(f"{where}: expected a matrix, a list of rows, got {shown(written)}")
    if not written:
        raise UsageError(f"{where}: expected a matrix with rows, got an empty list")
    return written


def _columns(rows: Sequence[Any], where: str) -> int:
    if not isinstance(rows[0], list):
        raise UsageError(f"{where}[0]: expected a row, a list of numbers, got {shown(rows[0])}")
    return len(rows[0])


def _matrix(
    written: Any, where: str, rows: int | None, columns: int, bounds: Bounds | None = None
) -> Any:
    """A matrix of so many rows (None: as many as bounds allow) and columns."""
    found = _rows(written, where)
    if rows is not None and len(found) != rows:
        raise UsageError(f"{where}: expected {rows} rows, got {len(found)}")
    if bounds is not None:
        low, high = bounds.width
        for size in (len(found), columns):
            if not low <= size <= high:
                raise UsageError(f"{where}: expected widths of {_between(low, high)}, got {size}")
    for i, row in enumerate(found):
        if not isinstance(row, list):
            raise UsageError(f"{where}[{i}]: expected a row, a list of numbers, got {shown(row)}")
        if len(row) != columns:
            raise UsageError(f"{where}[{i}]: expected {columns} numbers, got {len(row)}")
    entries: list[list[Fraction]] = [
        [number(x, f"{where}[{i}][{j}]") for j, x in enumerate(row)] for i, row in enumerate(found)
    ]
    return Rational().matrix(entries)


for _setting, _reader in (
    (settings.minimizers, NetworkReader()),
    (settings.univariate_minimizers, NetworkReader((one_output,))),
    (settings.whitened_minimizers, NetworkReader((whitened,))),
    (settings.balanced_minimizers, NetworkReader((_balanced,))),
    (settings.whitened_balanced_minimizers, NetworkReader((whitened, _balanced))),
    (settings.flattest_minimizers, NetworkReader((whitened, *_flattest))),
    (settings.any_weights, NetworkReader(minimizers=False)),
    (settings.square_weights, NetworkReader((_square,), minimizers=False)),
    (settings.weights, NetworkReader((one_output,), minimizers=False)),
):
    read_by(_setting, _reader)
