"""Spaces around known networks, and those networks themselves, in the language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Document: TypeAlias = "Mapping[str, Any]"

_PLAIN = {"padding": "valid", "norm": "none"}
_COURSE = {"activation": ["tanh", "relu"], "kernel": [3, 5], "pool": ["avg", "max"]}

LENET: Document = {
    "stages": [
        {"filters": [4, 6, 8, 12], **_COURSE, **_PLAIN},
        {"filters": [8, 12, 16, 24], **_COURSE, **_PLAIN},
    ],
    "head": {"hidden": [[], [84], [64, 32], [120, 84]], "activation": ["tanh", "relu"]},
}
LENET5: Document = {
    "stages": [
        {"filters": 6, "kernel": 5, "activation": "tanh", "pool": "avg", **_PLAIN},
        {"filters": 16, "kernel": 5, "activation": "tanh", "pool": "avg", **_PLAIN},
    ],
    "head": {"hidden": [[120, 84]], "activation": "tanh"},
}

KERAS_MNIST: Document = {
    "stages": [
        {"repeat": [1, 2], "filters": [8, 16, 32], "kernel": [3, 5], "pool": "max", **_PLAIN},
        {
            "repeat": [1, 2],
            "filters": [16, 32, 64],
            "pool": ["none", "max"],
            "dropout": [0.0, 0.25],
            **_PLAIN,
        },
    ],
    "head": {"pool": ["flatten", "global_avg"], "hidden": [[], [64], [128]], "dropout": [0.0, 0.5]},
}
KERAS_MNIST_28: Document = {
    "stages": [
        {"filters": 32, "pool": "max", **_PLAIN},
        {"filters": 64, "dropout": 0.25, **_PLAIN},
    ],
    "head": {"hidden": [[128]], "dropout": 0.5},
}

_WIDTHS = ([16, 32, 64], [32, 64, 128], [64, 128, 256], [128, 256, 512], [128, 256, 512])
VGG: Document = {
    "stages": [
        {"repeat": [1, 2, 3], "filters": widths, "norm": ["none", "batch"], "pool": "max"}
        for widths in _WIDTHS
    ],
    "head": {
        "pool": ["flatten", "global_avg"],
        "hidden": [[], [512], [4096, 4096]],
        "dropout": [0.0, 0.5],
    },
}
VGG11: Document = {
    "stages": [
        {"repeat": repeat, "filters": filters, "norm": "none", "pool": "max"}
        for repeat, filters in ((1, 64), (1, 128), (2, 256), (2, 512), (2, 512))
    ],
    "head": {"hidden": [[4096, 4096]], "dropout": 0.5},
}

RESNET: Document = {
    "stages": [
        {"filters": [16, 32, 64], "kernel": [3, 7], "stride": 2, "pool": ["none", "max3/2+1"]},
        *(
            {
                "repeat": [1, 2, 3],
                "op": ["residual", "bottleneck"],
                "filters": widths,
                "stride": [1, 2],
            }
            for widths in _WIDTHS[1:]
        ),
    ],
    "head": {"pool": "global_avg", "dropout": [0.0, 0.2]},
}
RESNET18: Document = {
    "stages": [
        {"filters": 64, "kernel": 7, "stride": 2, "pool": "max3/2+1"},
        *(
            {"repeat": 2, "op": "residual", "filters": filters, "stride": stride}
            for filters, stride in ((64, 1), (128, 2), (256, 2), (512, 2))
        ),
    ],
    "head": {"pool": "global_avg"},
}

_INVERTED = (
    # expand, filters, repeat, stride: Sandler et al., 2018, table 2.
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
MOBILENET: Document = {
    "stages": [
        {"filters": [16, 32], "stride": 2, "activation": "relu6"},
        *(
            {
                "op": "inverted",
                "expand": sorted({3, expand}),
                "filters": [filters // 2, filters],
                "repeat": sorted({1, 2, repeat}),
                "stride": stride,
                "squeeze": [0, 4],
                "activation": "relu6",
            }
            for expand, filters, repeat, stride in _INVERTED
        ),
        {"filters": [640, 1280], "kernel": 1, "activation": "relu6"},
    ],
    "head": {"pool": "global_avg", "dropout": [0.0, 0.2]},
}
MOBILENET_V2: Document = {
    "stages": [
        {"filters": 32, "stride": 2, "activation": "relu6"},
        *(
            {
                "op": "inverted",
                "expand": expand,
                "filters": filters,
                "repeat": repeat,
                "stride": stride,
                "activation": "relu6",
            }
            for expand, filters, repeat, stride in _INVERTED
        ),
        {"filters": 1280, "kernel": 1, "activation": "relu6"},
    ],
    "head": {"pool": "global_avg", "dropout": 0.2},
}

MICRO: Document = {
    "stages": [
        {"filters": [4, 8, 12, 16], "stride": [1, 2], "kernel": [3, 5]},
        *(
            {
                "repeat": [0, 1, 2, 3],
                "op": ["conv", "depthwise", "inverted"],
                "filters": widths,
                "expand": [2, 3],
                "stride": [1, 2],
            }
            for widths in ([8, 12, 16], [12, 16, 24], [16, 24, 32])
        ),
    ],
    "head": {"pool": "global_avg", "hidden": [[], [32]]},
}
MICRO_32: Document = {
    "stages": [
        {"filters": 8, "stride": 2},
        {"op": "inverted", "filters": 12, "expand": 3, "stride": 2},
        {"repeat": 2, "op": "inverted", "filters": 16, "expand": 3, "stride": 1},
        {"op": "inverted", "filters": 32, "expand": 3, "stride": 2},
    ],
    "head": {"pool": "global_avg"},
}
