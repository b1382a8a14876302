"""A module for each proposal, ready for ``certimin search`` and ``verify --conjecture``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from verify.files import slug, write_text
from verify.proposals.outcome import Proposal, Proposals
from verify.records import hashed

__all__ = ["written"]

_MODULE = '''"""{text}

Proposed by a search, not proved.  {receipt}.
{tight}
Attack it:  certimin search {file}
"""

from verify.conjecture import conjecture

CONJECTURE = conjecture(
    "{name}",
    "{text}",
    over="{over}",
    depth=({depth[0]}, {depth[1]}),
    width=({width[0]}, {width[1]}),
)
'''


def written(outcome: Proposals, folder: Path) -> Proposals:
    """Return the outcome with a module of each proposal written into a folder.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    kept = []
    for proposal in outcome.proposals:
        stem = _stem(outcome, proposal)
        path = write_text(folder / f"{stem}.py", _text(outcome, proposal, stem))
        kept.append(replace(proposal, module=path))
    return replace(outcome, proposals=tuple(kept))


def _stem(outcome: Proposals, proposal: Proposal) -> str:
    """What the module is called: another statement, or over other sizes, has another name."""
    digest = hashed([proposal.text, outcome.over, outcome.depth, outcome.width])[:8]
    return f"{slug(outcome.about)}-{slug(outcome.over)}-{digest}".replace("-", "_")


def _text(outcome: Proposals, proposal: Proposal, stem: str) -> str:
    where = ", ".join(proposal.tight_in)
    return _MODULE.format(
        text=proposal.text,
        receipt=f"Survived {proposal.receipt}",
        tight=f"Both sides agree on instances of {where}.\n" if where else "",
        file=f"{stem}.py",
        name=stem.replace("_", "-"),
        over=outcome.over,
        depth=outcome.depth,
        width=outcome.width,
    )
