"""What stands around every page: name, navigation, theme, and how an error is explained."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, dcc, html

from .pages import pages_of
from .spoken import HIDDEN, label

if TYPE_CHECKING:
    from dash.development.base_component import Component

    from space.errors import InputError

    from .context import Context

THEME = {
    "primaryColor": "blue",
    "fontFamily": "Inter, Helvetica, Arial, sans-serif",
    "colors": {
        # Shades around #0072b2 of Okabe and Ito's palette, which the front is drawn in.
        "blue": [
            "#e6f4fc",
            "#cbe5f5",
            "#97cbeb",
            "#5fafe0",
            "#3598d8",
            "#1b8ad3",
            "#0072b2",
            "#00619a",
            "#00527f",
            "#003f63",
        ]
    },
    "primaryShade": {"light": 6, "dark": 4},
    "defaultRadius": "sm",
}


def frame(context: Context) -> Component:
    """Return the shell; the page stands in its middle."""
    heading = dmc.Anchor(
        "sizewise", href=context.href("/"), fw=700, fz="lg", underline="never", c="inherit"
    )
    theme = dmc.ColorSchemeToggle(
        id="scheme",
        lightIcon=html.Span("☀", **HIDDEN),
        darkIcon=html.Span("☾", **HIDDEN),
        variant="default",
        **label("Switch between light and dark"),
    )
    header = dmc.Group(
        [
            heading,
            html.Nav(id="navigation", className="navigation", **label("Pages")),
            theme,
        ],
        justify="space-between",
        h="100%",
        px="md",
        wrap="nowrap",
    )
    return dmc.MantineProvider(
        [
            dcc.Location(id="location", refresh="callback-nav"),
            html.A("Skip to content", href="#page", className="skip"),
            dmc.AppShell(
                [
                    dmc.AppShellHeader(header),
                    dmc.AppShellMain(dmc.Container(html.Div(id="page", tabIndex=-1), size=1600)),
                ],
                header={"height": 52},
                padding="md",
            ),
        ],
        theme=THEME,
        defaultColorScheme="auto",
        id="mantine",
    )


def wire(app: Dash) -> None:
    """Let tables know which theme is on; all else takes it from the style sheet."""
    app.clientside_callback(
        ClientsideFunction("sizewise", "scheme"), Input("scheme", "computedColorScheme")
    )


def links(context: Context, path: str) -> list[Component]:
    """Return the navigation, with the page that is open marked."""
    return [
        dcc.Link(
            page.title,
            href=context.href(page.path),
            className="here" if page.path == path else "",
        )
        for page in pages_of(context)
        if page.title
    ]


def explain(context: Context, error: InputError) -> Component:
    """Return an error as its rule, the value, and what to do next."""
    return dmc.Alert(
        [str(error), " ", dcc.Link("All studies", href=context.href("/"))],
        title="There is nothing to show here",
        color="orange",
        variant="light",
        mt="xl",
    )
