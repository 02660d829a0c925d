"""The command that hands a study to other programs."""

# Commands import what they need when they are called, so that --help answers at once.
# ruff: noqa: PLC0415

from pathlib import Path
from typing import Annotated

import typer

from .options import StoreOption, StudyArgument


def save(
    study: StudyArgument,
    to: Annotated[
        str,
        typer.Argument(
            metavar="TO",
            help="A file that ends in .csv, .parquet or .log (an Optuna journal), the URL of an "
            "Optuna storage, mlflow:URI or tensorboard:FOLDER.",
            show_default=False,
        ),
    ],
    table: Annotated[
        str, typer.Option(help="What a .csv or .parquet holds: trials, epochs, front or finals.")
    ] = "trials",
    store: StoreOption = None,
) -> None:
    """Write a study for other programs: tables, or for Optuna, MLflow or TensorBoard."""
    from results import Study, open_store
    from search.terminal.stores import print_saved

    opened = Study(open_store(store), study)
    kind, _, where = to.partition(":")
    if kind == "mlflow":
        from results.bridges.mlflow_runs import save_mlflow

        print_saved(save_mlflow(opened, where), "new or changed trials", to)
        typer.echo(_seen_in_mlflow(where))
    elif kind == "tensorboard":
        from results.bridges.tensorboard_events import save_tensorboard

        print_saved(save_tensorboard(opened, Path(where)), "trials", to)
        typer.echo(f"See it by `tensorboard --logdir {where}`.")
    elif "://" in to or to.endswith(".log"):
        from results.bridges.optuna_storage import save_optuna

        print_saved(save_optuna(opened, to), "trials", to)
        typer.echo(f"See it by `optuna-dashboard {to}`.")
    else:
        from results.bridges.tables import save_table

        print_saved(save_table(opened, Path(to), table), table, to)


def _seen_in_mlflow(uri: str) -> str:
    if not uri or uri.startswith("http"):
        return "See it on the page of your MLflow server."
    return f"See it by `mlflow ui --backend-store-uri {uri}`."
