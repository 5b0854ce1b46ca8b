// What checks.py asks of a page. Each function gives problems as text, or what was found.
window.checks = (() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const words = text => (text || "").replace(/[\u00ad\u200b]/g, "").replace(/\s+/g, " ").trim();
  const shown = it => it.checkVisibility({visibilityProperty: true, contentVisibilityAuto: true})
    && it.getClientRects().length > 0;
  const where = it => {
    const name = it.tagName.toLowerCase();
    if (it.id) return `${name}#${it.id}`;
    const kind = it.getAttribute("class");
    const own = kind ? `${name}.${kind.trim().split(/\s+/).join(".")}` : name;
    return it.parentElement && it.parentElement !== document.body
      ? `${where(it.parentElement).split(" > ").slice(-2).join(" > ")} > ${own}` : own;
  };
  const ownText = it => words([...it.childNodes].filter(n => n.nodeType === 3)
    .map(n => n.data).join(" "));

  // Folds
  let folded = [];
  const open = without => {
    folded = all("details:not([open])").filter(it => !without || !it.matches(without));
    folded.forEach(it => it.open = true);
  };
  const close = () => folded.forEach(it => it.open = false);

  let sheet = null;
  const space = rules => {
    document.adoptedStyleSheets = [];
    if (rules) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(rules);
      document.adoptedStyleSheets = [sheet];
    }
  };

  const heading = () => {
    const title = words(document.title), first = words(document.querySelector("h1")?.textContent);
    return title && first && title.includes(first) ? []
      : [`title: the window says ${JSON.stringify(title)}, the heading ${JSON.stringify(first)}`];
  };

  const tables = () => {
    const found = [], captions = new Set();
    for (const table of all("table")) {
      const caption = words(table.caption?.textContent);
      const name = `table: ${where(table)} ${JSON.stringify(caption.slice(0, 60))}`;
      if (caption.length < 5) found.push(`${name}: no caption`);
      if (captions.has(caption)) found.push(`${name}: the caption of another table too`);
      captions.add(caption);
      for (const head of all("th", table)) {
        if (!["col", "row", "colgroup", "rowgroup"].includes(head.getAttribute("scope")))
          found.push(`${name}: header ${JSON.stringify(words(head.textContent))} without scope`);
        if (!words(head.textContent)) found.push(`${name}: an empty header`);
      }
      if (!table.querySelector("th[scope=col], th[scope=colgroup]"))
        found.push(`${name}: no header of a column`);
      for (const row of all("tbody tr", table))
        if (!row.querySelector("th[scope^=row]")) { found.push(`${name}: a row without header`); break; }
      const spans = [...table.rows].some(row => [...row.cells].some(c => c.rowSpan > 1));
      const widths = new Set([...table.rows].map(row =>
        [...row.cells].reduce((sum, cell) => sum + cell.colSpan, 0)));
      if (!spans && widths.size > 1) found.push(`${name}: rows of ${[...widths].join(" and ")} cells`);
    }
    return found;
  };

  // Colours: [red, green, blue, alpha], the first three 0 to 255
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
  const known = new Map();
  const colour = text => {
    if (!known.has(text)) {
      const parts = /^rgba?\(([\d.]+),? ([\d.]+),? ([\d.]+)(?:[,/ ]+([\d.]+))?\)$/.exec(text);
      if (parts) known.set(text, [+parts[1], +parts[2], +parts[3], parts[4] === undefined ? 1 : +parts[4]]);
      else {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = text;
        canvas.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
        known.set(text, [r, g, b, a / 255]);
      }
    }
    return known.get(text);
  };
  const over = (top, below) => {
    const a = top[3];
    return [0, 1, 2].map(i => top[i] * a + below[i] * (1 - a)).concat(1);
  };
  const luminance = c => {
    const [r, g, b] = c.slice(0, 3).map(v => v / 255)
      .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (one, two) => {
    const [low, high] = [luminance(one), luminance(two)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const paper = () => matchMedia("(prefers-color-scheme: dark)").matches
    && /dark/.test(getComputedStyle(document.documentElement).colorScheme)
    ? [18, 18, 18, 1] : [255, 255, 255, 1];
  const grounds = new Map();
  const ground = it => {
    if (!it) return paper();
    if (!grounds.has(it)) {
      const below = ground(it.parentElement);
      grounds.set(it, over(colour(getComputedStyle(it).backgroundColor), below));
    }
    return grounds.get(it);
  };
  const opacity = (it, root) => {
    let value = 1;
    for (let one = it; one && one !== root; one = one.parentElement)
      value *= +getComputedStyle(one).opacity;
    return value;
  };
  const painted = (style, kind) => {
    const value = style[kind];
    if (value === "none" || value.startsWith("url")) return null;
    const [r, g, b, a] = colour(value);
    return [r, g, b, a * +style[`${kind}Opacity`]];
  };
  // What is behind a point of a drawing: the shapes before the text, the last on top.
  const behind = (text, svg) => {
    const box = text.getBoundingClientRect();
    const middle = new DOMPoint(box.x + box.width / 2, box.y + box.height / 2);
    let below = ground(svg);
    for (const shape of all("path, rect, circle, ellipse, polygon", svg)) {
      if (!(shape.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING)) break;
      if (shape.closest("defs, clipPath, symbol, marker")) continue;
      const style = getComputedStyle(shape), fill = painted(style, "fill");
      const matrix = shape.getScreenCTM();
      if (!fill || !matrix) continue;
      if (shape.isPointInFill(middle.matrixTransform(matrix.inverse())))
        below = over([...fill.slice(0, 3), fill[3] * opacity(shape, svg)], below);
    }
    return below;
  };
  // The first and the last text of each kind: what it is, in what colours and what size.
  const kinds = () => {
    grounds.clear();
    const found = new Map();
    for (const it of all("body *")) {
      if (!ownText(it) || it.closest("svg, math") || !shown(it)) continue;
      const style = getComputedStyle(it);
      const kind = [it.tagName, it.parentElement.tagName, style.color, ground(it), style.fontSize,
        style.fontWeight, opacity(it, null), style.position].join();
      if (found.has(kind)) found.get(kind)[1] = it;
      else found.set(kind, [it]);
    }
    return [...found.values()].flat();
  };
  const run = async (options, colours) => {
    const marked = colours === "*" ? [] : kinds();
    marked.forEach(it => it.dataset.kind = "");
    axe.configure({rules: [{id: "color-contrast", selector: colours}]});
    const {violations} = await axe.run(document, options);
    marked.forEach(it => delete it.dataset.kind);
    return violations.map(({id, nodes}) => ({id, nodes}));
  };
  const contrast = () => {
    grounds.clear();
    const found = [];
    for (const it of all("body *")) {
      const text = ownText(it);
      if (!text || !shown(it) || it.closest("title, desc, style, math annotation")) continue;
      const style = getComputedStyle(it), svg = it.closest("svg");
      let size = parseFloat(style.fontSize), front, below;
      if (svg) {
        const fill = painted(style, "fill");
        if (!fill) continue;
        below = behind(it, svg);
        front = over([...fill.slice(0, 3), fill[3] * opacity(it, svg)], below);
        const matrix = it.getScreenCTM?.();
        if (matrix) size *= Math.hypot(matrix.a, matrix.b);
      } else {
        below = ground(it);
        const own = colour(style.color);
        front = over([...own.slice(0, 3), own[3] * opacity(it, null)], below);
      }
      const large = size >= 24 || size >= 18.66 && +style.fontWeight >= 700;
      const stands = ratio(front, below);
      if (stands < (large ? 3 : 4.5) - 0.005)
        found.push(`contrast: ${where(it)} ${JSON.stringify(text.slice(0, 40))}: ${stands.toFixed(2)}`);
    }
    return found;
  };

  const scrolls = it => ["auto", "scroll"].includes(getComputedStyle(it).overflowX);
  const clipped = () => {
    const found = [], width = document.documentElement.clientWidth;
    const least = document.documentElement.scrollWidth;
    if (least > width) found.push(`sideways: the page is ${least} px wide on ${width}`);
    const within = new Map();
    const scrolled = it => {  // whether it, or what it is in, scrolls sideways by itself
      if (!it || it === document.body) return false;
      if (!within.has(it)) within.set(it, scrolls(it) || scrolled(it.parentElement));
      return within.get(it);
    };
    for (const it of all("body *")) {
      if (it.closest("svg") && it.tagName !== "svg" || !shown(it)) continue;
      const style = getComputedStyle(it);
      const cuts = ["hidden", "clip"];
      if (it.tagName !== "svg" && it.clientWidth > 1 && it.clientHeight > 1 && words(it.textContent)) {
        if (cuts.includes(style.overflowX) && it.scrollWidth > it.clientWidth + 1
            || cuts.includes(style.overflowY) && it.scrollHeight > it.clientHeight + 1)
          found.push(`clipped: ${where(it)} ${JSON.stringify(words(it.textContent).slice(0, 40))}`);
      }
      if (ownText(it) && it.tagName !== "svg" && style.position !== "absolute" && !scrolled(it)) {
        const box = it.getBoundingClientRect();
        if (box.width > 1 && (box.right > width + 1 || box.left < -1))
          found.push(`clipped: ${where(it)} ${JSON.stringify(ownText(it).slice(0, 40))} leaves the page`);
      }
    }
    for (const svg of all("svg")) {
      if (!shown(svg)) continue;
      const box = svg.getBoundingClientRect();
      const cut = getComputedStyle(svg).overflow !== "visible";
      for (const text of all("text", svg)) {
        const own = text.getBoundingClientRect();
        const out = own.right > box.right + 1 || own.left < box.left - 1
          || own.bottom > box.bottom + 1 || own.top < box.top - 1;
        const away = !scrolled(svg.parentElement) && (own.right > width + 1 || own.left < -1);
        if (out && cut || away)
          found.push(`clipped: ${where(svg)} text ${JSON.stringify(words(text.textContent))}`);
      }
    }
    return found;
  };

  const small = () => all("figure svg text").filter(shown).map(text => {
    const size = parseFloat(getComputedStyle(text).fontSize) * Math.hypot(text.getScreenCTM().c, text.getScreenCTM().d);
    return size < 7.99 && words(text.textContent)
      ? `small: ${where(text)} ${JSON.stringify(words(text.textContent).slice(0, 40))}: ${size.toFixed(2)} px`
      : null;
  }).filter(Boolean);

  const ids = () => {
    const found = [], seen = new Map();
    for (const it of all("[id]")) {
      if (!it.id || seen.has(it.id)) found.push(`id: ${JSON.stringify(it.id)} twice or empty: ${where(it)}`);
      seen.set(it.id, it);
    }
    for (const name of ["aria-labelledby", "aria-describedby", "aria-controls", "aria-details",
                        "aria-owns", "headers", "for"])
      for (const it of all(`[${name}]`))
        for (const id of it.getAttribute(name).split(/\s+/))
          if (!seen.has(id)) found.push(`id: ${where(it)}: ${name} names ${JSON.stringify(id)}, which is not there`);
    for (const it of all("svg *"))
      for (const {name, value} of it.attributes) {
        const used = name.endsWith("href") && value.startsWith("#") ? value.slice(1)
          : /^url\(["']?#([^"')]+)/.exec(value)?.[1];
        if (used && !seen.has(used)) found.push(`id: ${where(it)}: ${name} names ${used}, which is not there`);
      }
    return found;
  };

  // Keyboard
  const usable = () => all("a[href], button, summary, input, select, textarea, audio[controls], "
      + "video[controls], [tabindex], [contenteditable]")
    .filter(it => shown(it) && !it.disabled && it.getAttribute("tabindex") !== "-1"
      && !(it.tagName === "SUMMARY" && it.parentElement.tagName !== "DETAILS"));
  let expected = [], visited = [], unseen = [];
  const arrived = event => {
    const it = event.target;
    visited.push(it);
    const style = getComputedStyle(it), box = it.getBoundingClientRect();
    const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    if (!ring && style.boxShadow === "none") unseen.push(`focus: no ring on ${where(it)}`);
    else if (ring && style.outlineStyle !== "auto") {
      grounds.clear();
      const stands = ratio(over(colour(style.outlineColor), ground(it.parentElement)), ground(it.parentElement));
      if (stands < 3) unseen.push(`focus: ring of ${where(it)} at ${stands.toFixed(2)} to 1`);
    }
    if (box.width < 1 || box.height < 1 || box.bottom <= 0 || box.top >= innerHeight
        || box.right <= 0 || box.left >= innerWidth)
      unseen.push(`focus: ${where(it)} is out of sight`);
  };
  const watch = () => {
    expected = usable(); visited = []; unseen = [];
    const start = document.createElement("span");  // Tab goes on from where the focus last was
    start.tabIndex = 0;
    document.body.prepend(start);
    start.focus();
    start.remove();
    scrollTo(0, 0);
    document.addEventListener("focusin", arrived);
    return expected.length;
  };
  const walk = () => {
    expected = usable(); visited = []; unseen = [];
    scrollTo(0, 0);
    document.addEventListener("focusin", arrived);
    // Tab takes those with an order of their own first.
    const order = it => it.tabIndex > 0 ? it.tabIndex : Infinity;
    for (const it of [...expected].sort((a, b) => order(a) - order(b) || 0))
      it.focus({focusVisible: true});
    return focused();
  };
  const focused = () => {
    document.removeEventListener("focusin", arrived);
    document.activeElement?.blur();
    const found = [...new Set(unseen)];
    for (const it of expected)
      if (it.tabIndex > 0) found.push(`focus: ${where(it)} has an order of its own`);
    for (const it of expected)
      if (!visited.includes(it)) found.push(`focus: Tab does not reach ${where(it)}`);
    const first = visited.slice(0, expected.length);
    const wrong = first.findIndex((it, i) => it !== expected[i]);
    if (wrong >= 0 && first.every(it => expected.includes(it)))
      found.push(`focus: ${where(first[wrong])} comes before ${where(expected[wrong])}`);
    for (const it of visited)
      if (!expected.includes(it) && !scrolls(it)) found.push(`focus: ${where(it)} takes it`);
    for (const it of all("body *"))
      if (shown(it) && scrolls(it) && it.scrollWidth > it.clientWidth + 1
          && !expected.includes(it) && !expected.some(one => it.contains(one)))
        found.push(`focus: ${where(it)} scrolls, and Tab does not reach it`);
    return found;
  };

  let fold = null, before = false;
  const pick = which => {
    const folds = all("details > summary").filter(shown);
    fold = which === "first" ? folds[0] : folds.length > 1 ? folds.at(-1) : null;
    if (!fold) return null;
    before = fold.parentElement.open;
    fold.focus();
    return words(fold.textContent).slice(0, 60);
  };
  const turned = () => fold.parentElement.open !== before;

  // Words that break without a hyphen, where the next line has room for them whole.
  const broken = () => {
    const found = [], box = document.createRange();
    const walk = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const node = walk.currentNode, parent = node.parentElement;
      if (parent.closest("svg, code, pre, .hash, .stacked thead, style") || !shown(parent)) continue;
      for (const word of node.data.matchAll(/[\p{L}\p{N}\u00ad]{4,20}/gu)) {
        if (word[0].includes("\u00ad")) continue;
        box.setStart(node, word.index);
        box.setEnd(node, word.index + word[0].length);
        if (new Set([...box.getClientRects()].map(r => Math.round(r.top))).size > 1)
          found.push(`broken: ${where(parent)} ${JSON.stringify(word[0])}`);
      }
    }
    return found;
  };

  // Whether a drawing holds this that is for another size of screen; the one beside it is shown.
  const other = it => {
    const svg = it.closest(".drawn-twice > svg");
    if (!svg || shown(svg)) return false;
    return [...svg.parentElement.querySelectorAll(":scope > svg")].some(shown);
  };

  // Whether this is the summary of a fold whose caption, which is looked at too, says the same.
  const said = it => {
    const caption = it.tagName === "SUMMARY" && it.parentElement.querySelector("caption, .caption");
    return caption && words(caption.textContent).includes(words(it.textContent));
  };

  const printed = () => {
    const found = [];
    const box = document.createRange();
    const walk = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const node = walk.currentNode, parent = node.parentElement;
      if (!words(node.data) || parent.closest("details.code, style, title, desc, nav, "
          + "a[download], annotation, [hidden], [role=search], .contents, .filters")) continue;
      if (other(parent) || said(parent)) continue;
      box.selectNodeContents(node);
      const there = [...box.getClientRects()].some(r => r.width > 0 && r.height > 0);
      if (!there || !parent.checkVisibility({visibilityProperty: true, opacityProperty: true, contentVisibilityAuto: true}))
        found.push(`print: ${where(parent)} ${JSON.stringify(words(node.data).slice(0, 50))} is not on paper`);
    }
    const least = document.documentElement.scrollWidth;
    if (least > document.documentElement.clientWidth)
      found.push(`print: the page is ${least} px wide on paper`);
    return found;
  };

  // A table as it is shown, with the link that saves it: the next one before another table.
  const downloads = () => {
    const marks = all("table, a[download*='.csv']");
    return marks.map((it, i) => it.tagName !== "TABLE" ? null : {
      caption: words(it.caption?.textContent),
      rows: [...it.rows].map(row => [...row.cells].map(cell => words(cell.textContent))),
      href: marks[i + 1]?.tagName === "A" ? marks[i + 1].href : null,
    }).filter(Boolean);
  };

  const figures = () => all("svg, img").filter(it => !it.closest("[aria-hidden=true]")
      && !it.parentElement.closest("svg") && !it.matches(".drawn-twice > svg + svg")).map(it => {
    const named = (it.getAttribute("aria-labelledby") || "").split(/\s+/).filter(Boolean)
      .map(id => document.getElementById(id)?.textContent).join(" ");
    const described = (it.getAttribute("aria-describedby") || "").split(/\s+/).filter(Boolean)
      .map(id => document.getElementById(id)?.textContent).join(" ");
    return {
      name: words(named || it.getAttribute("aria-label") || it.getAttribute("alt")
        || it.querySelector(":scope > title")?.textContent),
      description: words(described || it.querySelector?.(":scope > desc")?.textContent),
    };
  });

  // Every string a reader may meet, with the language that it is marked with.
  const strings = () => {
    const found = [];
    const blocks = "p, li, h1, h2, h3, h4, h5, h6, td, th, caption, figcaption, summary, title, "
      + "desc, text, dt, dd, label, button, pre, blockquote, div, section, main, nav, body, a";
    const add = (it, text, kind = "") => {
      const language = it.closest("[lang]")?.getAttribute("lang") || "";
      if (words(text)) found.push({text: words(text), language, where: where(it) + kind});
    };
    const gathered = new Map();
    const walk = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const parent = walk.currentNode.parentElement;
      if (!words(walk.currentNode.data) || parent.closest("style, script, code, .code pre, kbd, samp, math, [translate=no]")) continue;
      // Text in another language within a block is a string of its own.
      let block = parent.closest(blocks);
      const marked = parent.closest("[lang]");
      if (marked && block.contains(marked)) block = marked;
      gathered.set(block, `${gathered.get(block) || ""} ${walk.currentNode.data}`);
    }
    for (const [it, text] of gathered) add(it, text);
    for (const name of ["title", "alt", "aria-label", "aria-description", "aria-roledescription",
                        "aria-valuetext", "placeholder", "summary"])
      for (const it of all(`[${name}]`)) add(it, it.getAttribute(name), `[${name}]`);
    for (const it of all("meta[name=description]")) add(it, it.content);
    return found;
  };

  return {open, close, space, heading, tables, axe: run, contrast, clipped, small, ids, watch, focused,
    walk, fold: pick, turned, printed, broken, downloads, figures, strings};
})();
