// What runs in the browser alone.
(function () {
  const POWERS = (ends) => ends.map((end) => Math.pow(10, end));

  // Mantine tells of switches, not of what a visit begins with: that is what it keeps, or the system's.
  function scheme(_) {
    const kept = window.localStorage.getItem("mantine-color-scheme-value") || "auto";
    const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
    // AG Grid takes its theme from here.
    document.documentElement.dataset.agThemeMode = kept !== "auto" ? kept : dark ? "dark" : "light";
  }

  // Milliseconds between looks at a study. To draw what is new takes a core of a small machine for 0.5 s:
  // where few cores train, they shall lose no more than a fiftieth to whoever looks on.
  function pace(_) {
    return Math.max(2000, 30000 / (navigator.hardwareConcurrency || 8));
  }

  // The part of the picture that is seen, in sizes and accuracies; null for the whole.
  function zoomed(layout) {
    const none = window.dash_clientside.no_update;
    if (!layout) return none;
    if (layout["xaxis.autorange"] || layout["yaxis.autorange"]) return null;
    const graph = document.querySelector("#study-front .js-plotly-plot");
    if (!("xaxis.range[0]" in layout || "yaxis.range[0]" in layout) || !graph) return none;
    const { xaxis, yaxis } = graph._fullLayout;
    return [...POWERS(xaxis.range), ...yaxis.range];
  }

  // The brushed box in sizes and accuracies; null for none.
  function brushed(selected) {
    const context = window.dash_clientside.callback_context;
    if (context.triggered_id === "study-all") return null;
    if (!selected || !selected.range) return window.dash_clientside.no_update;
    const sides = Object.values(selected.range).map((ends) => [...ends].sort((a, b) => a - b));
    return sides.flat();
  }

  // The grid may still be on its way.
  function refresh() {
    window.dash_ag_grid.getApiAsync("study-trials").then((grid) => grid.refreshInfiniteCache());
  }

  // The rows that an address selects, once all of them are there.
  let reselected = null;
  function reselect(selected) {
    if (selected === reselected || !selected.ids.length) return;
    reselected = selected;
    window.dash_ag_grid.getApiAsync("study-trials").then((grid) => {
      // No event tells that rows have come.
      const mark = (tries) => {
        const rows = [];
        grid.forEachNode((row) => selected.ids.includes(row.id) && rows.push(row));
        if (rows.length === selected.ids.length) grid.setNodesSelected({ nodes: rows, newValue: true });
        else if (tries) setTimeout(mark, 250, tries - 1);
      };
      mark(40);
    });
  }

  // What is shown stands in the address, for a colleague and for the next visit.
  function addressed(size, brush, tab, rows, selected) {
    const told = { x: size, brush: brush && brush.map((end) => +end.toPrecision(6)).join(",") };
    if (tab) told.tab = tab;
    if (rows) {
      told.sort = rows.sortModel.map(({ colId, sort }) => `${colId} ${sort}`).join(",");
      told.filter = Object.keys(rows.filterModel).length && JSON.stringify(rows.filterModel);
    }
    if (rows && selected && selected.ids) reselect(selected);
    if (selected) told.trials = (selected.ids || selected.map(({ id }) => id)).join(",");
    say(told);
  }

  function narrowed(words, archived, order) {
    say({ words, archived: archived && "yes", sort: order });
  }

  function say(told) {
    const address = new URL(window.location.href);
    for (const [name, value] of Object.entries(told)) {
      if (value) address.searchParams.set(name, value);
      else address.searchParams.delete(name);
    }
    window.history.replaceState(window.history.state, "", address);
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    sizewise: { scheme, pace, zoomed, brushed, refresh, addressed, narrowed },
  });
})();
