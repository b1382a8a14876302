"""Formulas become MathML when the pages are built: no script, and no font from elsewhere."""

from __future__ import annotations

from docutils import nodes
from math_core import LatexError, LatexToMathML
from sphinx.application import Sphinx
from sphinx.util import logging

_CONVERTER = LatexToMathML(fancy_error=False)
_LOG = logging.getLogger(__name__)


def _written(tex: str, node: nodes.Node, *, display: bool) -> str:
    """The formula as MathML; one that does not convert is a warning, and shown as it was typed."""
    try:
        return _CONVERTER.convert_with_local_state(tex, displaystyle=display)
    except LatexError as error:
        _LOG.warning("formula %r does not convert: %s", tex, error, location=node)
        return ""


def _inline(visitor: nodes.NodeVisitor, node: nodes.math) -> None:
    visitor.body.append(_written(node.astext(), node, display=False))
    raise nodes.SkipNode


def _block(visitor: nodes.NodeVisitor, node: nodes.math_block) -> None:
    visitor.body.append(f"<div>{_written(node.astext(), node, display=True)}</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the renderer ``mathml``."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
