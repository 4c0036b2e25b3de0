"use strict";
(function () {
  const all = (root, what) => Array.from(root.querySelectorAll(what));

  // Tables sort by a click on the head of a column: numbers as numbers, and what is no number last.
  all(document, "table.sortable").forEach((table) => {
    all(table, "thead th").forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.textContent = "";
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        all(table, "thead th").forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const body = table.tBodies[0];
        const numeric = head.classList.contains("n");
        const key = (row) => {
          const text = row.cells[column].textContent;
          if (!numeric) return text.toLowerCase();
          return parseFloat(text.replace(/\u2212/g, "-").replace(/[,<>\u2265+]/g, ""));
        };
        const rows = Array.from(body.rows).map((row) => [key(row), row]);
        const last = (a) => Number(Number.isNaN(a));
        rows.sort(([a], [b]) => last(a) - last(b) || (a < b ? -1 : a > b ? 1 : 0) * (down ? -1 : 1));
        rows.forEach(([, row]) => body.append(row));
      });
    });
  });

  // Arms can be switched off in the figures that show several.
  all(document, "main figure").forEach((figure) => {
    const marked = all(figure, "[data-arm]");
    const arms = [...new Set(marked.map((m) => m.dataset.arm))];
    if (arms.length < 2 || figure.id.endsWith("-arms")) return;
    const bar = document.createElement("div");
    bar.className = "toggles";
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", "Arms that are shown");
    arms.forEach((arm) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = arm;
      button.setAttribute("aria-pressed", "true");
      button.addEventListener("click", () => {
        const on = button.getAttribute("aria-pressed") === "false";
        button.setAttribute("aria-pressed", String(on));
        marked.filter((m) => m.dataset.arm === arm).forEach((m) => m.classList.toggle("off", !on));
      });
      bar.append(button);
    });
    figure.insertBefore(bar, figure.querySelector(".plot"));
  });

  // Snapshots: one at a time, chosen by a slider.
  all(document, ".pictures").forEach((group) => {
    const pictures = all(group, ".picture");
    if (pictures.length < 2) return;
    const box = document.createElement("div");
    box.className = "scrub";
    group.replaceWith(box);
    const bar = document.createElement("div");
    bar.className = "scrubber";
    const slider = document.createElement("input");
    slider.type = "range";
    slider.min = "0";
    slider.max = String(pictures.length - 1);
    slider.value = slider.max;
    slider.setAttribute("aria-label", "Snapshot");
    const words = document.createElement("output");
    const show = () => {
      pictures.forEach((p, i) => p.classList.toggle("now", i === Number(slider.value)));
      words.textContent = Number(slider.value) + 1 + " of " + pictures.length;
      slider.setAttribute("aria-valuetext", pictures[slider.value].querySelector("figcaption").textContent);
    };
    slider.addEventListener("input", show);
    bar.append(slider, words);
    box.append(bar, group);
    show();
  });

  // Values under the pointer.
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  document.body.append(tip);
  const axis = (text) => {
    const [from, to, low, high, log] = text.split(" ");
    return { from: +from, to: +to, low: +low, high: +high, log: log === "log" };
  };
  const value = (a, place) => {
    const share = (place - a.from) / (a.to - a.from);
    return a.log ? a.low * Math.pow(a.high / a.low, share) : a.low + share * (a.high - a.low);
  };
  const corners = (path) => {
    if (!path.corners) {
      path.corners = path.getAttribute("d").replace(/[MZ]/g, "").split("L").map((p) => p.split(" ").map(Number));
    }
    return path.corners;
  };
  const height = (points, x) => {
    if (!points.length || x < points[0][0] - 0.6 || x > points[points.length - 1][0] + 0.6) return null;
    let i = 0;
    while (i + 1 < points.length && points[i + 1][0] <= x) i += 1;
    const [a, b] = [points[i], points[Math.min(i + 1, points.length - 1)]];
    return b[0] === a[0] ? a[1] : a[1] + ((b[1] - a[1]) * Math.max(0, x - a[0])) / (b[0] - a[0]);
  };
  const text = (v) => {
    const size = Math.abs(v);
    const digits = size >= 100 ? 0 : size >= 1 ? 1 : size >= 0.01 ? 3 : 4;
    return v.toLocaleString("en", { maximumFractionDigits: digits });
  };
  const read = (panel, x, y) => {
    const ya = axis(panel.dataset.y);
    const found = [];
    all(panel, ".series:not(.off)").forEach((series) => {
      const path = series.querySelector("path");
      if (!path) return;
      const points = corners(path);
      const colour = (p) => (p.getAttribute("fill") !== "none" ? getComputedStyle(p).fill : getComputedStyle(p).stroke);
      if (series.dataset.kind === "area") {
        const half = points.length / 2;
        const top = height(points.slice(0, half), x);
        const bottom = height(points.slice(half).reverse(), x);
        if (top === null || bottom === null) return;
        found.push({ name: series.dataset.name, at: (top + bottom) / 2, v: value(ya, top) - value(ya, bottom), c: colour(path) });
      } else {
        const at = height(points, x);
        if (at !== null) found.push({ name: series.dataset.name, at, v: value(ya, at), c: colour(path) });
      }
    });
    found.sort((a, b) => a.at - b.at);
    if (found.length <= 10) return found;
    return found.sort((a, b) => Math.abs(a.at - y) - Math.abs(b.at - y)).slice(0, 1);
  };
  let guide = null;
  const hide = () => {
    tip.hidden = true;
    if (guide) guide.remove();
    guide = null;
  };
  const show = (svg, event) => {
    const matrix = svg.getScreenCTM();
    if (!matrix) return hide();
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
    const panel = all(svg, "g.panel").find((p) => {
      const [xa, ya] = [axis(p.dataset.x), axis(p.dataset.y)];
      return at.x >= xa.from && at.x <= xa.to && at.y >= ya.to && at.y <= ya.from;
    });
    const rows = panel ? read(panel, at.x, at.y) : [];
    if (!rows.length) return hide();
    const [xa, ya] = [axis(panel.dataset.x), axis(panel.dataset.y)];
    const x = value(xa, at.x);
    const unit = Number(panel.dataset.xu) || 1;
    tip.textContent = "";
    const head = document.createElement("b");
    head.textContent = panel.dataset.xt + ": " + text(x / unit) + (unit !== 1 ? ", day " + text(Math.round(x)) : "");
    tip.append(head);
    rows.forEach((row) => {
      const line = document.createElement("div");
      const patch = document.createElement("i");
      patch.style.background = row.c;
      line.append(patch, row.name + ": " + text(row.v));
      tip.append(line);
    });
    if (!guide) {
      guide = document.createElementNS("http://www.w3.org/2000/svg", "line");
      guide.setAttribute("class", "guide");
    }
    if (guide.parentNode !== svg) svg.append(guide);
    [["x1", at.x], ["x2", at.x], ["y1", ya.from], ["y2", ya.to]].forEach(([n, v]) => guide.setAttribute(n, v));
    tip.hidden = false;
    const box = tip.getBoundingClientRect();
    const left = event.clientX + 16 + box.width > window.innerWidth ? event.clientX - 16 - box.width : event.clientX + 16;
    const top = Math.min(event.clientY + 12, window.innerHeight - box.height - 8);
    tip.style.left = Math.max(4, left) + "px";
    tip.style.top = Math.max(4, top) + "px";
  };
  all(document, ".plot svg").forEach((svg) => {
    svg.addEventListener("pointermove", (event) => show(svg, event));
    svg.addEventListener("pointerdown", (event) => show(svg, event));
    svg.addEventListener("pointerleave", hide);
  });
})();
