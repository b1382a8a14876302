"""An examination as one page of HTML: in the style of the report, nothing fetched, no script."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from certimin.examination.digest import Digest, matters
from certimin.examination.symbols import explained
from certimin.losses import LOSSES
from certimin.rows import said
from verify.report import site
from verify.report.characters import formula, plain

if TYPE_CHECKING:
    from certimin.examination.report import Examination

__all__ = ["render"]


def render(found: Examination) -> str:
    """Return the page: what was examined, the numbers, theory beside them, and the symbols."""
    applying = [f for f in found.findings if f.verdict != "does not apply"]
    texts = [text for f in applying for text in (formula(f.formula), plain(f.title))]
    quantities, letters = explained([f.relation for f in applying], texts)
    template = site.environment(Path(__file__).parent).get_template("page.html.j2")
    return str(
        template.render(
            found=found,
            style=Markup(site.style()),  # ours, a file of the package
            loss=LOSSES[found.options.loss],
            said=said,
            digest=Digest.of(found.findings),
            matters=matters(found.findings),
            applying=applying,
            symbols_of=quantities | letters,
            version=version("certimin"),
        )
    )
