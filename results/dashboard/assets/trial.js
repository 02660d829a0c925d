// What the page of a trial shows stands in its address.
(function () {
  function addressed(tab, image) {
    const address = new URL(window.location.href);
    const say = (name, value) =>
      value === null || value === undefined || value === ""
        ? address.searchParams.delete(name)
        : address.searchParams.set(name, value);
    say("tab", tab);
    say("image", tab === "inside" ? image : "");
    window.history.replaceState(window.history.state, "", address);
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, { trial: { addressed } });
})();
