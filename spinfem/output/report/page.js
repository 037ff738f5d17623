"use strict";
// Curves are drawn in the colours of the page, light or dark; headings of tables sort their rows.
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const figures = [];

  const hasSpace = () => {
    try { return !!document.createElement("canvas").getContext("webgl"); } catch { return false; }
  };

  // Black and the dark blue would drown in a dark page.
  const coloured = (data, isDark) => isDark
    ? JSON.parse(JSON.stringify(data).replaceAll('"#000000"', '"#e4e8ec"').replaceAll('"#0072B2"', '"#4aa8e8"')) : data;

  function layoutOf(figure, isDark, width) {
    const ink = isDark ? "#e4e8ec" : "#1c2126", line = isDark ? "#343c45" : "#dfe3e7";
    const axis = (given) => ({ gridcolor: line, zerolinecolor: line, linecolor: line, automargin: true, exponentformat: "power",
      showexponent: "all", ...given, title: { standoff: 8, ...given.title } });
    const { xaxis, yaxis, scene, ...rest } = figure.layout;
    const many = figure.data.length > 8 && width > 520;
    return {
      ...rest,
      ...(scene ? { scene: { camera: { eye: { x: 1.65, y: 1.65, z: 1.0 } }, ...scene, ...Object.fromEntries(["xaxis", "yaxis", "zaxis"].map((name) =>
        [name, { ...scene[name], gridcolor: line, zerolinecolor: line, backgroundcolor: "rgba(0,0,0,0)" }])) } }
        : { xaxis: axis(xaxis), yaxis: axis(yaxis) }),
      font: { family: getComputedStyle(document.body).fontFamily, size: 13, color: ink },
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      margin: scene ? { l: 0, r: 0, t: 8, b: 0 } : { l: 64, r: 16, t: 12, b: 56 },
      hovermode: "closest", modebar: { bgcolor: "rgba(0,0,0,0)", color: "#8a949e", activecolor: ink }, hoverlabel: { bgcolor: isDark ? "#1f252b" : "#ffffff", bordercolor: line, font: { color: ink } },
      legend: many ? { font: { size: 11 } } : { orientation: "h", y: scene ? 0 : -0.22, yanchor: "top", x: 0, font: { size: 12 } },
    };
  }

  function draw(isDark) {
    for (const { element, figure } of figures) {
      Plotly.react(element, coloured(figure.data, isDark), layoutOf(figure, isDark, element.clientWidth), {
        responsive: true, displaylogo: false, showSendToCloud: false, plotlyServerURL: "", modeBarButtonsToRemove: ["lasso2d", "select2d", "autoScale2d"],
      });
    }
  }

  let space;
  for (const element of document.querySelectorAll(".plot")) {
    const figure = JSON.parse(element.querySelector("script").textContent);
    if (figure.layout.scene && !(space ??= hasSpace())) {
      element.closest("figure").classList.add("no-space");
      continue;
    }
    element.textContent = "";
    figures.push({ element, figure });
  }
  if (figures.length) {
    draw(dark.matches);
    dark.addEventListener("change", () => draw(dark.matches));
    addEventListener("beforeprint", () => draw(false));
    addEventListener("afterprint", () => draw(dark.matches));
  }

  const keyOf = (cell) => cell.dataset.key !== undefined ? Number(cell.dataset.key) : cell.textContent.trim();
  function compare(a, b) {
    if (typeof a === "number" && typeof b === "number") return a - b;
    if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
    return a.localeCompare(b, undefined, { numeric: true });
  }
  for (const table of document.querySelectorAll("table.sortable")) {
    const headings = [...table.tHead.rows[0].cells], body = table.tBodies[0];
    headings.forEach((heading, column) => {
      const sort = () => {
        const sign = heading.getAttribute("aria-sort") === "ascending" ? -1 : 1;
        headings.forEach((other) => other.removeAttribute("aria-sort"));
        heading.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
        body.append(...[...body.rows].sort((a, b) => sign * compare(keyOf(a.cells[column]), keyOf(b.cells[column]))));
      };
      heading.tabIndex = 0;
      heading.addEventListener("click", sort);
      heading.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); sort(); } });
    });
  }
  // What is folded is printed too.
  addEventListener("beforeprint", () => document.querySelectorAll("details:not([open])").forEach((d) => { d.open = true; d.dataset.folded = ""; }));
  addEventListener("afterprint", () => document.querySelectorAll("details[data-folded]").forEach((d) => { d.open = false; delete d.dataset.folded; }));
})();
