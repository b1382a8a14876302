"""Where weight decay and noise leave a solution, and where it is the best (Z5)."""

from __future__ import annotations

from typing import Any

import numpy as np

from numeric.arithmetic.floating import Floating
from theorems.experiments.outcome import Check, Options
from theorems.experiments.regressions import generator
from theorems.figures.gallery import Drawing
from theorems.weight_decay.networks import NoisyInstance, cross_sq
from theorems.weight_decay.thresholds_of_isotropic_data import birth, collapse
from theorems.weight_decay.training import NoisyProblem, best_of_starts
from verify.report.figures import COLOURS, INK, blank, finish, look, styled

__all__ = ["draw"]

_HIDDEN = (2, 3)
_DECAYS, _NOISES = (0.04, 0.5), (0.0, 4.0)
_LINES = 81
_TRIED = np.linspace(0.07, 0.47, 7), np.linspace(0.3, 3.7, 5)
_WIDTH = 2
_FOUND = 1e-10
"""A loss below the origin's by more than this is no rounding: decay alone costs far more."""


def draw(options: Options) -> Drawing:
    """Draw both thresholds over decay and noise, and what many starts found."""
    runs = [row for D in _HIDDEN for row in _runs(options, D)]
    above = [row for row in runs if row["ratio"] > 1]
    negative = [row for row in runs if row["loss"] < -_FOUND]
    wrong = sum(row["ratio"] <= 1 for row in negative)
    missed = sum(row["loss"] >= -_FOUND for row in above)
    checks = (
        Check("negative losses at or below collapse", "0", wrong, wrong == 0, len(runs)),
        Check("above collapse, no negative loss found", "", missed, None, len(above)),
    )
    caption = (
        "Isotropic data A_0 = I (2 features), |c| = 1, one decay γ for all layers, widths 2. "
        "Thresholds of Z5 on |c|^{2D}: right of birth no weights but zero are stationary; between "
        "birth and collapse there are solutions, but zero is better; left of collapse the best is "
        "a solution. (For D = 1 both are γ = |c|, whatever the noise.) Marks: the least loss that "
        "6 L-BFGS starts found, filled where it is below the loss at zero."
    )
    title = "Two thresholds: solutions exist, solutions are best"
    rows = [*runs, *(row for D in _HIDDEN for row in _thresholds(D))]
    return Drawing("collapse", title, _figure(runs), rows, caption, checks)


def _ratios(hidden: int, decay: Any, noise: Any) -> tuple[Any, Any]:
    """|c|^{2D} over the thresholds of collapse and birth, for arrays of decays and noises."""
    eye, row = np.eye(_WIDTH), np.full((1, _WIDTH), 1 / np.sqrt(_WIDTH))
    decay, noise = np.broadcast_arrays(decay, noise)
    decays = (decay,) * (hidden + 1)
    network = NoisyInstance(Floating(), (*[eye] * hidden, row), eye, row, decays, noise)
    power = cross_sq.measure(network) ** hidden
    return power / collapse.measure(network), power / birth.measure(network)


def _thresholds(hidden: int) -> list[dict[str, Any]]:
    """The thresholds at each noise as the decay at which |c|^{2D} reaches them.

    Both are proportional to Γ = γ^{D+1}: at γ = 1 the ratio is that power.
    """
    noises = np.linspace(*_NOISES, _LINES)
    ends = [ratio ** (1 / (hidden + 1)) for ratio in _ratios(hidden, 1.0, noises)]
    return [
        {"panel": "thresholds", "D": hidden, "noise": s, "collapse": c, "birth": b}
        for s, c, b in zip(noises, *ends, strict=True)
    ]


def _runs(options: Options, hidden: int) -> list[dict[str, Any]]:
    """The least loss of many starts on a coarse grid."""
    rng, rows = generator(options.seed, f"collapse-{hidden}"), []
    decays, noises = (options.grid(values) for values in _TRIED)
    for decay in decays:
        for noise in noises:
            c = rng.standard_normal((1, _WIDTH))
            problem = NoisyProblem(
                np.eye(_WIDTH), c / np.linalg.norm(c), [decay] * (hidden + 1), noise
            )
            _, loss = best_of_starts(rng, problem, [_WIDTH] * (hidden + 1) + [1])
            ratio = float(_ratios(hidden, decay, noise)[0])
            row = {"panel": "runs", "D": hidden, "decay": decay, "noise": noise}
            rows.append(row | {"ratio": ratio, "loss": loss})
    return rows


@styled()
def _figure(runs: list[dict[str, Any]]) -> Any:
    figure, panels = blank(1, len(_HIDDEN), size=(8.2, 4.2), sharey=True)
    for axes, hidden in zip(panels, _HIDDEN, strict=True):
        _regions(axes, hidden)
        for best, face in ((True, COLOURS[0]), (False, "none")):
            mine = [r for r in runs if r["D"] == hidden and (r["loss"] < -_FOUND) == best]
            label = "loss below that at zero found" if best else "none found"
            places = [r["decay"] for r in mine], [r["noise"] for r in mine]
            axes.plot(*places, **look(0, line=""), markerfacecolor=face, label=label)
        axes.set(title=f"D = {hidden} hidden layers", xlabel="weight decay γ")
        axes.set(xlim=_DECAYS, ylim=_NOISES)
    panels[0].set_ylabel("variance of the noise σ²")
    finish(figure)
    return figure


def _regions(axes: Any, hidden: int) -> None:
    """Shade and bound the two regions in which solutions exist."""
    lines = _thresholds(hidden)
    noise, first, last = ([row[k] for row in lines] for k in ("noise", "collapse", "birth"))
    shade = {"color": COLOURS[2], "linewidth": 0}
    best, known = "a solution is the best", "solutions, but zero is better"
    axes.fill_betweenx(noise, _DECAYS[0], first, alpha=0.3, **shade, label=best)
    axes.fill_betweenx(noise, first, last, alpha=0.1, hatch="///", **shade, label=known)
    axes.plot(first, noise, color=INK, label="collapse")
    axes.plot(last, noise, color=INK, linestyle="--", label="birth")
