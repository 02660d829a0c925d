// Trials that a person types become the address, which brings the page of them.
(function () {
  function asked(trials, name) {
    const none = window.dash_clientside.no_update;
    if (!trials || trials.replace(/\s/g, "") === name[1].join(",")) return none;
    const query = new URLSearchParams({ study: name[0], trials: trials.replace(/\s/g, "") });
    return `?${query}`;
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, { compare: { asked } });
})();
