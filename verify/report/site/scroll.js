// Lets the keyboard move formulas and instances that are wider than the page, in every browser.
const mark = () => {
  for (const box of document.querySelectorAll(".display, .instance, p, dd, li, h1, h3")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
};
mark();
addEventListener("resize", mark);
document.addEventListener("toggle", mark, true); // does not bubble
