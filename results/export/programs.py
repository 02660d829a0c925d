"""Forms that are no source: a program of torch.export, and ONNX, both with what they expect."""

from __future__ import annotations

import json
import runpy
from typing import TYPE_CHECKING, Any

import onnx
import torch
from torch import nn

from .description import DESCRIPTION, MODEL, ONNX, PROGRAM
from .guard import guarded

if TYPE_CHECKING:
    from pathlib import Path

    from onnx import ModelProto
    from torch import Tensor
    from torch.export import ExportedProgram

INPUT, OUTPUT = "images", "logits"


class Normalised(nn.Module):
    """A network with its preprocessing: bytes (N, C, H, W) become logits (N, classes)."""

    scale: Tensor
    offset: Tensor

    def __init__(self, network: nn.Module, mean: tuple[float, ...], std: tuple[float, ...]) -> None:
        super().__init__()
        self.network = network
        scale, offset = 1 / (255 * torch.tensor(std)), -torch.tensor(mean) / torch.tensor(std)
        self.register_buffer("scale", scale.reshape(-1, 1, 1))
        self.register_buffer("offset", offset.reshape(-1, 1, 1))

    def forward(self, images: Tensor) -> Tensor:
        """Return logits for images as they are stored."""
        normalised = images.to(torch.float32) * self.scale + self.offset
        logits: Tensor = self.network(normalised)
        return logits


def write_programs(folder: Path, facts: dict[str, str]) -> None:
    """Write ``model.pt2`` and ``model.onnx`` from ``model.py`` and its weights.

    Both take any number of images, uint8 (N, C, H, W), and hold their normalisation.

    Args:
        folder: Holds the other files of an export.
        facts: Of the network, by name: kept in the metadata of the ONNX file.

    Raises:
        ExportError: Torch cannot write one of them.
    """
    with guarded(f"{PROGRAM} must be written"):
        program = _program(folder)
        description = (folder / DESCRIPTION).read_text(encoding="utf-8")
        torch.export.save(program, folder / PROGRAM, extra_files={DESCRIPTION: description})
    with guarded(f"{ONNX} must be written"):
        onnx.save(_told(_as_onnx(program), facts), folder / ONNX)


def onnx_facts(description: str, title: str, licence: str) -> dict[str, str]:
    """Return what an ONNX file says of itself; values that are no text are JSON.

    Args:
        description: The text of ``export.json``.
        title: Of the network.
        licence: Of network and weights.
    """
    document = json.loads(description)
    told = {name: json.dumps(document[name]) for name in ("class_names", "mean", "std", "pictures")}
    return {
        "title": title,
        "licence": licence,
        "layout": "NCHW",
        INPUT: "uint8, pixels from 0 to 255, as they are: normalisation is part of the model",
        OUTPUT: "float32, one a class in the order of class_names; softmax gives probabilities",
        "normalisation": "(pixel / 255 - mean) / std",
        **told,
    }


def _program(folder: Path) -> ExportedProgram:
    exported = runpy.run_path(str(folder / MODEL))
    network = Normalised(exported["load"](folder), exported["MEAN"], exported["STD"])
    network.eval().requires_grad_(requires_grad=False)
    example = torch.zeros((2, *exported["INPUT_SHAPE"]), dtype=torch.uint8)
    shapes = ({0: torch.export.Dim("batch")},)
    program = torch.export.export(network, (example,), dynamic_shapes=shapes)
    # Where a line of source stood when the export was made is nobody's business.
    for module in program.graph_module.modules():
        for node in getattr(getattr(module, "graph", None), "nodes", ()):
            node.meta.pop("stack_trace", None)
    return program


def _as_onnx(program: ExportedProgram) -> ModelProto:
    converted: Any = torch.onnx.export(
        program,
        dynamo=True,
        verbose=False,
        external_data=False,
        input_names=[INPUT],
        output_names=[OUTPUT],
    )
    model: ModelProto = converted.model_proto
    return model


def _told(model: ModelProto, facts: dict[str, str]) -> ModelProto:
    """Return the model with facts for a person in place of notes on how it was made."""
    graph = model.graph
    for each in (graph, *graph.node, *graph.input, *graph.output, *graph.value_info):
        del each.metadata_props[:]
    for tensor in graph.initializer:
        del tensor.metadata_props[:]
    graph.name = "network"
    model.doc_string = facts["title"]
    counted = graph.input[0].type.tensor_type.shape.dim[0].dim_param
    for each in (*graph.input, *graph.output, *graph.value_info):
        for side in each.type.tensor_type.shape.dim:
            side.dim_param = "batch" if side.dim_param == counted else side.dim_param
    onnx.helper.set_model_props(model, facts)
    return model
