"""The command that asks an exported network about pictures."""

# Commands import what they need when they are called, so that --help answers at once.
# ruff: noqa: PLC0415

from pathlib import Path
from typing import Annotated

import typer

from .options import JsonOption


def predict(
    export: Annotated[
        Path,
        typer.Argument(
            metavar="EXPORT", help="A folder that `sizewise export` wrote.", show_default=False
        ),
    ],
    images: Annotated[
        list[Path],
        typer.Argument(
            metavar="IMAGE", help="Pictures, and folders of pictures.", show_default=False
        ),
    ],
    top: Annotated[int, typer.Option(help="How many classes to name for each picture.")] = 3,
    as_json: JsonOption = False,
) -> None:
    """Say what an exported network takes pictures for.

    Pictures are read by the rules of folder: data, whatever their kind and size.

    Those that cannot be read are named with the reason, and the exit code is 1.
    """
    from search.taking import predict_pictures
    from search.terminal.predictions import print_predictions

    predictions = predict_pictures(export, images, top=top)
    print_predictions(predictions, top, as_json=as_json)
    if predictions.unreadable:
        raise typer.Exit(1)
