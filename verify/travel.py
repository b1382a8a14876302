"""How settings, proofs and controls reach other processes: by name; and relations, as written.

A decorator puts a setting or a claim in the place of the function it is made of, so that pickle no
longer finds the function; what a module or the registry knows by name travels by that name.  Import
this module before anything is pickled; the registry and the batches do.

SymPy would evaluate a relation where it arrives: x > 0 of a positive x would be True there.
"""

from __future__ import annotations

import copyreg
import sys
from importlib import import_module
from typing import Any

from verify.claims import SETTINGS, Claim, Proof, Setting
from verify.errors import UsageError
from verify.expression import RELATIONS, related
from verify.theorem import Control

__all__ = ["send_by_name"]


def send_by_name() -> None:
    """Tell pickle how settings, proofs, controls and relations travel."""
    copyreg.pickle(Setting, _setting)
    copyreg.pickle(Proof, _proof)
    copyreg.pickle(Control, _control)
    for kind in RELATIONS.values():
        copyreg.pickle(kind, _relation)


def _relation(relation: Any) -> Any:
    return related, (relation.lhs, relation.rel_op, relation.rhs)


def _setting(setting: Setting) -> Any:
    if SETTINGS.get(setting.name) is setting:
        return _registered, (setting.build.__module__, setting.name)
    return object.__reduce_ex__(setting, 4)


def _registered(module: str, name: str) -> Setting:
    """Return a setting; the module of its recipe may not be the one that registers it."""
    import_module(module)
    if name not in SETTINGS:
        from verify.registry import theorems

        theorems()
    if name not in SETTINGS:
        raise UsageError(
            f"setting {name!r}: neither {module} nor a module of an installed package of theorems "
            "registers it in this process; define it in a module that the process can import"
        )
    return SETTINGS[name]


def _proof(proof: Proof) -> Any:
    module = proof.steps.__module__
    known = vars(sys.modules[module]) if module in sys.modules else {}
    for name, value in known.items():
        if isinstance(value, Claim) and value.proof is proof:
            return _proof_of, (module, name)
    return object.__reduce_ex__(proof, 4)


def _proof_of(module: str, name: str) -> Proof:
    found: Proof = getattr(import_module(module), name).proof
    return found


def _control(control: Control) -> Any:
    from verify.registry import theorems

    theorem = theorems().get(control.claim.theorem)
    if theorem and any(known is control for known in theorem.controls):
        return _control_of, (theorem.id, control.claim.id)
    return object.__reduce_ex__(control, 4)


def _control_of(theorem: str, claim: str) -> Control:
    from verify.registry import theorems

    return theorems()[theorem].control(claim)
