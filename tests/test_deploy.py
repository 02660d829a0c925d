"""The files of deploy/ are what the tools that read them expect."""

from __future__ import annotations

import json
import re
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"


def document(name: str) -> Any:
    return yaml.safe_load((DEPLOY / name).read_text())


def ray_version() -> str:
    found = re.search(r"^ray==(.+)$", (ROOT / "constraints.txt").read_text(), re.MULTILINE)
    assert found
    return found[1]


def test_the_ray_cluster_follows_rays_own_schema() -> None:
    spec = find_spec("ray")
    assert spec
    assert spec.submodule_search_locations
    schema = Path(spec.submodule_search_locations[0], "autoscaler/ray-schema.json").read_text()
    jsonschema.validate(document("ray.yaml"), json.loads(schema))


def test_every_pod_has_the_image_the_store_and_the_shared_folder() -> None:
    cluster = document("kuberay.yaml")["spec"]
    groups = [cluster["headGroupSpec"], *cluster["workerGroupSpecs"]]
    assert len(groups) == 2
    for group in groups:
        pod = group["template"]["spec"]
        (container,) = pod["containers"]
        variables = {each["name"]: each for each in container["env"]}
        assert variables["SIZEWISE_STORE"]["valueFrom"]["secretKeyRef"]["name"] == "sizewise"
        (mount,) = container["volumeMounts"]
        assert variables["SIZEWISE_RUNS"]["value"] == mount["mountPath"]
        assert mount["name"] in {volume["name"] for volume in pod["volumes"]}
        assert all(isinstance(value, str) for value in group["rayStartParams"].values())


def test_images_hold_the_ray_that_is_tested() -> None:
    assert document("kuberay.yaml")["spec"]["rayVersion"] == ray_version()
    assert f"FROM rayproject/ray:{ray_version()}-py" in (DEPLOY / "Dockerfile").read_text()


@pytest.mark.parametrize("path", [DEPLOY / "slurm.sh", ROOT / "scripts/postgres.sh"])
def test_scripts_are_bash(path: Path) -> None:
    ran = subprocess.run(["bash", "-n", path], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
