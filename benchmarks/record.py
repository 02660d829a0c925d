"""Trains networks drawn uniformly from a space and writes their whole curves as a table.

Data, space, limits and recipe are those of a job; ``digits`` is benchmarks/recordings/digits.yaml.
Trainings are done in pieces, each written to a file of its own that is whole or not there, so that
a recording goes on where it was interrupted, and on another machine from the table that is there:
first every network with seed 0, then with seed 1, and so on. Networks come in the order in which
they were drawn, so that any first part of them is a fair sample of the space. Accuracy and loss are
those of the validation part; the test part stays sealed.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from search.desk import trial_seed
from search.job_file import read_job
from search.plan import Plan, prepare
from space.errors import InputError
from trainers import TrainingFailure, build_network, keep_large_blocks, train
from trainers.atomic import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from space import Architecture, Point, SearchSpace

HERE = Path(__file__).parent
PIECE = 24
"""Trainings in one piece: what an interruption costs each worker at most."""
COSTS = ("params", "macs", "activation_bytes", "weight_bytes")
PARTS = ("data", "split", "space", "limits", "recipe")
"""The sections of a job that a recording depends on."""
CURVES = ("accuracy", "loss")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some networks in a row, all trained with the same seed."""

    folder: Path
    data: str
    seed: int
    first: int
    count: int

    @property
    def path(self) -> Path:
        """Where its trainings are kept."""
        return self.folder / f"seed{self.seed}" / f"{self.first:06d}.parquet"


@cache
def plan_of(data: str) -> Plan:
    """Return the checked job of a name in `recordings`, or of a job file."""
    named = HERE / "recordings" / f"{data}.yaml"
    return prepare(read_job(str(named) if named.exists() else data)[1])


def draw(space: SearchSpace, count: int) -> list[tuple[Point, Architecture]]:
    """Return the first ``count`` different networks of the one sequence of draws.

    Raises:
        InputError: The space holds fewer.
    """
    rng, found, wasted = np.random.default_rng(0), dict[str, Any](), 0
    while len(found) < count and wasted < 100 * count:
        point = space.sample(rng)
        architecture = space.build(point)
        wasted += architecture.fingerprint in found
        found.setdefault(architecture.fingerprint, (point, architecture))
    if len(found) < count:
        raise InputError("--networks", f"the space holds some {len(found):,} networks", count)
    return list(found.values())


@cache
def drawn(data: str, count: int) -> list[tuple[Point, Architecture]]:
    """Return the networks of a recording, drawn once in each process."""
    return draw(plan_of(data).space, count)


def record_piece(piece: Piece) -> int:
    """Train the networks of a piece, keep them, and return how many they are."""
    import torch  # noqa: PLC0415  only a worker needs it

    torch.set_num_threads(1)
    keep_large_blocks()
    chosen = drawn(piece.data, piece.first + piece.count)[piece.first :]
    rows = [record(piece, number, *each) for number, each in enumerate(chosen, piece.first)]
    write_table(pa.Table.from_pylist(rows), piece.path)
    return piece.count


def write_table(table: pa.Table, path: Path) -> bytes:
    """Write a parquet file whole or not at all, and return what stands in it."""
    content = io.BytesIO()
    pq.write_table(table, content, compression="zstd", compression_level=19)
    write_whole(path, content.getvalue())
    return content.getvalue()


def record(piece: Piece, number: int, point: Point, architecture: Architecture) -> dict[str, Any]:
    """Train one network and return its row; after a failure its curves go on as nan."""
    plan, seed = plan_of(piece.data), trial_seed(piece.seed, number)
    network, began = build_network(architecture, seed=seed), time.perf_counter()
    curves = np.full((len(CURVES), plan.recipe.epochs), np.nan, dtype=np.float32)
    try:
        for report in train(network, plan.split, plan.recipe, seed=seed):
            curves[:, report.epoch - 1] = [getattr(report, name) for name in CURVES]
    except TrainingFailure:
        pass
    return {
        "number": number,
        "seed": piece.seed,
        **plan.space.labels(point),
        "fingerprint": architecture.fingerprint,
        **{name: getattr(architecture, name) for name in COSTS},
        **{name: curve.tolist() for name, curve in zip(CURVES, curves, strict=True)},
        "seconds": time.perf_counter() - began,
    }


def pieces(folder: Path, data: str, networks: int, seeds: int) -> Iterator[Piece]:
    """Yield the pieces that are not there yet, in their order."""
    for seed in range(seeds):
        for first in range(0, networks, PIECE):
            piece = Piece(folder, data, seed, first, min(PIECE, networks - first))
            if not piece.path.exists() or pq.read_metadata(piece.path).num_rows < piece.count:
                yield piece


def recipe_of(data: str) -> dict[str, Any]:
    """Return all that a recording depends on."""
    plan = plan_of(data)
    job = plan.job.model_dump(mode="json", include=set(PARTS))
    return {**job, "data_hash": plan.split.data_hash, "initial_weights": initial_weights(data)}


def initial_weights(data: str) -> str:
    """Return a digest of the weights with which the first networks begin."""
    digest = hashlib.sha256()
    for _, architecture in drawn(data, 4):
        for name, weights in sorted(build_network(architecture, seed=0).state_dict().items()):
            digest.update(name.encode() + weights.numpy().tobytes())
    return digest.hexdigest()[:16]


def unpack(table: Path, folder: Path, data: str) -> int:
    """Put the trainings of a table into pieces, where they are not yet; return how many they are.

    A table of another recording is left alone.
    """
    if not table.exists():
        return 0
    told = json.loads(pq.read_schema(table).metadata.get(b"sizewise", b"{}"))
    recipe = recipe_of(data)
    if {name: told.get(name) for name in recipe} != recipe:
        return 0
    content, unpacked = pq.read_table(table).replace_schema_metadata(None), 0
    for row in content.select(["seed", "number"]).to_pylist():
        seed, first = row["seed"], row["number"]
        piece = Piece(folder, data, seed, first, PIECE)
        if first % PIECE or piece.path.exists():
            continue
        numbers = content.column("number")
        inside = pc.and_(pc.greater_equal(numbers, first), pc.less(numbers, first + PIECE))
        rows = content.filter(pc.and_(inside, pc.equal(content.column("seed"), seed)))
        write_table(rows, piece.path)
        unpacked += len(rows)
    return unpacked


def claim(folder: Path, data: str) -> None:
    """Note what is recorded in a folder.

    Raises:
        InputError: The folder holds another recording.
    """
    told, note = recipe_of(data), folder / "recording.json"
    before = json.loads(note.read_text()) if note.exists() else told
    if {name: before.get(name) for name in told} != told:
        raise InputError("--out", "the folder must hold no other recording", str(folder))
    write_whole(note, json.dumps(told, indent=1).encode())


def gather(folder: Path, data: str) -> pa.Table:
    """Return the trainings that are there: by seed and number, choices and text as categories."""
    files = sorted(folder.glob("seed*/*.parquet"))
    frame = pd.concat([pd.read_parquet(path) for path in files], ignore_index=True)
    frame = frame.sort_values(["seed", "number"], ignore_index=True)
    columns: dict[str, Any] = {name: pa.array(frame[name]) for name in frame.columns}
    for name in CURVES:
        flat = pa.array(np.concatenate(frame[name].to_numpy()).astype(np.float32))
        columns[name] = pa.FixedSizeListArray.from_arrays(flat, len(frame[name].iloc[0]))
    columns["seconds"] = columns["seconds"].cast(pa.float32())
    choices = [each.name for each in plan_of(data).space.dimensions]
    told = {"choices": choices, **recipe_of(data)}
    return pa.table(columns).replace_schema_metadata({"sizewise": json.dumps(told)})


def write(table: pa.Table, path: Path) -> None:
    """Write a table and print what it holds."""
    content = write_table(table, path)
    seeds = table.column("seed").to_numpy()
    counts = {int(seed): int((seeds == seed).sum()) for seed in np.unique(seeds)}
    digest = hashlib.sha256(content).hexdigest()[:12]
    print(f"{path}: {len(content) / 1e6:.2f} MB, sha256 {digest}")
    print(json.dumps({"trainings": len(seeds), "networks_by_seed": counts}))


def main() -> None:
    """Record what is missing, then write the table of all that is there."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--data", default="digits", help="a name in recordings, or a job file")
    parser.add_argument("--networks", type=int, default=3_000, help="networks to draw")
    parser.add_argument("--seeds", type=int, default=2, help="trainings of each network")
    parser.add_argument("--workers", type=int, default=2, help="processes of one thread each")
    parser.add_argument("--out", type=Path, help="where pieces are kept  [runs/record/DATA]")
    parser.add_argument("--table", type=Path, help="the table  [benchmarks/tables/DATA.parquet]")
    parser.add_argument("--only-write", action="store_true", help="train nothing more")
    parser.add_argument("--quick", action="store_true", help="48 networks, in a folder of its own")
    options = parser.parse_args()
    stem = Path(options.data).stem
    folder = options.out or Path("runs/record") / (f"{stem}-quick" if options.quick else stem)
    networks = 2 * PIECE if options.quick else options.networks
    usual = folder / "table.parquet" if options.quick else HERE / f"tables/{stem}.parquet"
    table = options.table or usual
    claim(folder, options.data)
    if unpacked := unpack(table, folder, options.data):
        print(f"{unpacked} of {table}")
    if not options.only_write:
        left = list(pieces(folder, options.data, networks, options.seeds))
        with ProcessPoolExecutor(options.workers, mp_context=get_context("spawn")) as workers:
            for done in workers.map(record_piece, left):
                print(f"{done} more", flush=True)
    write(gather(folder, options.data), table)


if __name__ == "__main__":
    main()
