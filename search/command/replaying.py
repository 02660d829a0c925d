"""The command that searches what was recorded."""

# Commands import what they need when they are called, so that --help answers at once.
# ruff: noqa: PLC0415
# Each parameter of a command is an option.
# ruff: noqa: PLR0913, PLR0917

from typing import Annotated

import typer

from .options import JsonOption, StoreOption


def replay(
    table: Annotated[
        str,
        typer.Argument(
            metavar="TABLE", help="A parquet file, or a finished study.", show_default=False
        ),
    ],
    algorithm: Annotated[
        list[str] | None,
        typer.Option(help="What proposes; give it again to compare.  [default: all]"),
    ] = None,
    goal: Annotated[
        str | None,
        typer.Option(
            help="min_accuracy=0.93 or max_params=8000: pareto with and without that goal.",
            show_default=False,
        ),
    ] = None,
    stop: Annotated[
        str, typer.Option(help="Stopping rule: none, front, asha, pareto-asha.")
    ] = "none",
    workers: Annotated[int, typer.Option(min=1, help="Networks in training at once.")] = 1,
    trials: Annotated[
        int | None, typer.Option(min=1, help="Networks to train.  [default: all]")
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Searches of each kind.")] = 5,
    choices: Annotated[
        str | None, typer.Option(help="Columns of the choices, with commas.")
    ] = None,
    accuracy: Annotated[str | None, typer.Option(help="Column of the accuracy.")] = None,
    size: Annotated[str, typer.Option(help="Column of the size.")] = "params",
    curve: Annotated[
        str | None, typer.Option(help="Column of curves, or columns such as e{}Accuracy.")
    ] = None,
    network: Annotated[
        str | None, typer.Option(help="Column that tells which rows are one network.")
    ] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Search a recorded table or a finished study again, without training, and compare."""
    from search.replay.compare import compare, find_table
    from search.replay.goals import compare_goal
    from search.replay.read import Columns
    from search.terminal.replays import print_compared, print_pursued
    from space.errors import InputError

    chosen = tuple(choices.split(",")) if choices else ()
    columns = Columns(chosen, accuracy, size, curve, network)
    found = find_table(table, columns, store)
    if goal is not None:
        if stop != "none" or algorithm not in (None, ["pareto"]):
            rule = "stands beside no other --algorithm than pareto, and no --stop"
            raise InputError("--goal", rule, goal)
        pursued = compare_goal(found, goal, workers=workers, networks=trials, seeds=seeds)
        print_pursued(found, pursued, as_json=as_json)
        return
    compared = compare(found, algorithm, stop=stop, workers=workers, networks=trials, seeds=seeds)
    print_compared(found, compared, as_json=as_json)
