"""One visit to a page: what it asked for, complained of, shows at each width, and links to."""

from dataclasses import dataclass, field
from io import BytesIO

LAYOUTS = [(width, scheme) for width in (390, 1280) for scheme in ("light", "dark")]

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
    paper: getComputedStyle(document.body).backgroundColor,
  };
}"""
LINKS = """() => ({
  links: [...document.querySelectorAll("a[href]")]
    .map((a) => new URL(a.getAttribute("href"), document.baseURI).href),
  anchors: [...document.querySelectorAll("[id]")].map((e) => e.id),
  title: document.title,
})"""


@dataclass
class Visit:
    """A page and what was seen of it; ``looks`` by width and scheme."""

    name: str
    address: str
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    looks: dict[tuple[int, str], dict] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)
    anchors: list[str] = field(default_factory=list)
    title: str = ""
    sheets: int = 0


def visit(context, file):
    """Open a file, look at it at every width in both schemes, and print it."""
    from pypdf import PdfReader

    page = context.new_page()
    found = Visit(file.stem, file.as_uri())
    page.on("console", lambda m: found.complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: found.complaints.append(str(error)))
    page.on("request", lambda request: found.requests.append(request.url))
    page.goto(found.address)
    for width, scheme in LAYOUTS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        found.looks[width, scheme] = page.evaluate(LOOK)
    read = page.evaluate(LINKS)
    found.links, found.anchors, found.title = read["links"], read["anchors"], read["title"]
    found.sheets = len(PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages)
    page.close()
    return found
