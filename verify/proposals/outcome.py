"""What a run of proposals returns: ranked inequalities with receipts, and how they were found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from verify.proposals.candidates import Candidate
from verify.search.outcomes import Receipt

__all__ = ["Proposal", "Proposals", "Tightness"]

_SHOWN = 3
"""Names of settings, and of equal forms, that a line of text has."""


@dataclass(frozen=True)
class Tightness:
    """The ratio of the smaller side to the larger one on the rows of a depth: at most, and mean."""

    depth: int
    best: float
    mean: float


@dataclass(frozen=True)
class Proposal:
    """An inequality that survived its attacks.

    Parameters
    ----------
    receipt
        The last and longest attack; ``attacks`` counts candidates attacked until it was found,
        ``found_at`` are the seconds until then.
    equality
        The share of the rows on which both sides agree to rounding, and the settings of these.
    same
        Other texts with the same right side on every row.
    squares
        What squares prove: a line for each size at which it is a polynomial inequality.
    """

    rank: int
    candidate: Candidate
    latex: str
    receipt: Receipt
    found_at: float
    attacks: int
    tightness: tuple[Tightness, ...]
    equality: float
    tight_in: tuple[str, ...]
    same: tuple[str, ...] = ()
    squares: tuple[str, ...] = ()
    module: Path | None = None

    @property
    def text(self) -> str:
        """Return the inequality in the language of conjectures."""
        return self.candidate.text

    @property
    def mean(self) -> float:
        """Return the mean ratio of the smaller side to the larger one over depths."""
        return sum(t.mean for t in self.tightness) / max(1, len(self.tightness))

    def to_json(self) -> dict[str, Any]:
        """Return the proposal as plain data."""
        return {
            "rank": self.rank,
            "statement": self.text,
            "latex": self.latex,
            "receipt": asdict(self.receipt),
            "found_at": self.found_at,
            "attacks": self.attacks,
            "tightness": [asdict(t) for t in self.tightness],
            "equality_share": self.equality,
            "tight_in": list(self.tight_in),
            "same": list(self.same),
            "squares": list(self.squares),
            "module": None if self.module is None else str(self.module),
        }


@dataclass(frozen=True)
class Proposals:
    """Inequalities about one left side, the best first.

    Parameters
    ----------
    ended
        "done", "the clock" or "interrupted".
    degrees
        The degree of the left side and of each quantity under each scaling of the setting.
    left_out
        Why quantities of the setting are not on the right side.
    held
        Theorems held out, and quantities with them, each with the reason.
    equations
        Quantities that are powers of others on every row, not attacked.
    weaker
        Candidates that a kept or a known bound beats on every row, by which one.
    given_up
        Candidates that were refuted again and again, or stayed undecided.
    """

    about: str
    over: str
    depth: tuple[int, int]
    width: tuple[int, int]
    seed: int
    budget: float
    seconds: float
    ended: str
    rows: int
    fitted: int
    attacked: int
    degrees: Mapping[str, Mapping[str, str]]
    left_out: Mapping[str, str]
    held: Mapping[str, str]
    equations: tuple[str, ...]
    proposals: tuple[Proposal, ...]
    weaker: Mapping[str, str] = field(default_factory=dict)
    given_up: Mapping[str, str] = field(default_factory=dict)

    @property
    def headline(self) -> str:
        """Return the outcome in one sentence."""
        end = {"done": "", "the clock": ", ended by the clock", "interrupted": ", interrupted"}
        count = len(self.proposals)
        return (
            f"{count} {'inequality' if count == 1 else 'inequalities'} about {self.about} over "
            f"{self.over}: {self.fitted:,} families fitted to {self.rows:,} instances, "
            f"{self.attacked} candidates attacked in {self.seconds:.0f} s{end[self.ended]}, "
            f"seed {self.seed}"
        )

    def to_json(self) -> dict[str, Any]:
        """Return the outcome as plain data."""
        plain: dict[str, Any] = {
            name: getattr(self, name)
            for name in self.__dataclass_fields__
            if name not in ("proposals", "degrees", "left_out", "held", "weaker", "given_up")
        }
        mappings = ("left_out", "held", "weaker", "given_up")
        return plain | {
            "depth": list(self.depth),
            "width": list(self.width),
            "equations": list(self.equations),
            "degrees": {name: dict(of) for name, of in self.degrees.items()},
            **{name: dict(getattr(self, name)) for name in mappings},
            "proposals": [proposal.to_json() for proposal in self.proposals],
        }

    def rows_of_table(self) -> list[dict[str, Any]]:
        """Return the table, a row for each proposal, as text and numbers."""
        return [
            {
                "rank": p.rank,
                "statement": p.text,
                "mean ratio": round(p.mean, 3),
                "equal on": f"{100 * p.equality:.0f} %",
                "tight in": _few(p.tight_in),
                "instances": p.receipt.instances,
                "found in s": round(p.found_at, 1),
            }
            for p in self.proposals
        ]

    def __str__(self) -> str:
        """Return the headline, and a few lines for each proposal."""
        lines = [self.headline]
        for p in self.proposals:
            depths = ", ".join(f"L={t.depth}: {t.mean:.3g}, best {t.best:.6g}" for t in p.tightness)
            lines += [
                f"{p.rank:3}  {p.text}",
                f"     tried       {p.receipt}; found at {p.found_at:.1f} s",
                f"     tightness   {depths}",
            ]
            lines += [f"     tight in    {_few(p.tight_in)}"] if p.tight_in else []
            lines += [f"     the same    {text}" for text in p.same[:_SHOWN]]
            lines += [f"     squares     {line}" for line in p.squares]
            lines += [f"     module      {p.module}"] if p.module else []
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        rows = self.rows_of_table()
        heads = "".join(f"<th>{escape(name)}</th>" for name in (rows[0] if rows else {}))
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(str(v))}</td>" for v in row.values()) + "</tr>"
            for row in rows
        )
        return f"<p>{escape(self.headline)}</p><table><tr>{heads}</tr>{body}</table>"


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
