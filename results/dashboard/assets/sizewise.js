// What runs in the browser alone.
window.dash_clientside = Object.assign({}, window.dash_clientside, {
  sizewise: Object.assign({}, (window.dash_clientside || {}).sizewise, {
    // Pictures are drawn in the theme that the page has.
    scheme: function (scheme) {
      return scheme || document.documentElement.getAttribute("data-mantine-color-scheme") || "light";
    },
  }),
});
