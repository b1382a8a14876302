"""Visits to pages: what each asked for, complained of, shows at each width, and links to."""

from dataclasses import dataclass, field
from io import BytesIO

WIDTHS = (390, 1280)

LOOK = """() => {
  const shown = (e) => e.checkVisibility();
  const box = (e) => e.getBoundingClientRect();
  const moves = (e) => getComputedStyle(e).overflowX === "auto";
  const inside = (e) => { for (; e; e = e.parentElement) if (moves(e)) return true; };
  const plain = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement.closest("code, pre, math, svg, script, .why, .terms")
      ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
  const raw = [];
  while (plain.nextNode()) {
    const text = plain.currentNode.data;
    if (/\\$|\\\\[A-Za-z]+|[_^]\\{/.test(text)) raw.push(text.trim().slice(0, 80));
  }
  const formulas = [...document.querySelectorAll("math")].filter(shown);
  return {
    across: document.scrollingElement.scrollWidth - innerWidth,
    formulas: formulas.length,
    flat: formulas.filter((m) => box(m).height < 4 || box(m).width < 2).length,
    raw: [...raw, ...[...document.querySelectorAll("code.tex, merror")].map((e) => e.textContent)],
    outside: [...document.querySelectorAll("main *, header *")]
      .filter((e) => shown(e) && !inside(e) && !e.closest(".skip, thead")
        && box(e).right > innerWidth + 1)
      .map((e) => e.outerHTML.slice(0, 80)),
  };
}"""
PAPER = "() => getComputedStyle(document.body).backgroundColor"
LINKS = """() => ({
  links: [...document.querySelectorAll("a[href]")]
    .map((a) => new URL(a.getAttribute("href"), document.baseURI).href),
  anchors: [...document.querySelectorAll("[id]")].map((e) => e.id),
  title: document.title,
})"""


@dataclass
class Visit:
    """A page and what was seen of it: ``looks`` by width, ``papers`` by colour scheme."""

    name: str
    address: str
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    looks: dict[int, dict] = field(default_factory=dict)
    papers: dict[str, str] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)
    anchors: list[str] = field(default_factory=list)
    title: str = ""
    sheets: int = 0


def visits_to(context, files):
    """Open each file, look at it at every width and in both schemes, and print it."""
    page = context.new_page()
    found = []
    page.on("console", lambda m: found[-1].complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: found[-1].complaints.append(str(error)))
    page.on("request", lambda request: found[-1].requests.append(request.url))
    for file in files:
        found.append(Visit(file.stem, file.as_uri()))
        _visit(page, found[-1])
    page.close()
    return found


def _visit(page, at):
    """All that is seen but complaints and requests, which are noted as they come."""
    from pypdf import PdfReader

    page.goto(at.address)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        at.looks[width] = page.evaluate(LOOK)
    read = page.evaluate(LINKS)
    at.links, at.anchors, at.title = read["links"], read["anchors"], read["title"]
    at.sheets = len(PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages)
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        at.papers[scheme] = page.evaluate(PAPER)
