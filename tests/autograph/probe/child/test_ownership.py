"""Whose code a file is, by where it lies; no TensorFlow needed."""

import json
import sys
from pathlib import Path

import pytest

from bench.autograph.probe.child.ownership import UserProject


@pytest.mark.parametrize(
    ("probed", "file", "library"),
    [
        ("/usr/src/app/train.py", "/usr/src/app/parts/helpers.py", False),
        ("/usr/src/app/train.py", "/usr/src/common.py", False),
        ("/home/me/my-packages/train.py", "/home/me/my-packages/net.py", False),
        ("/home/me/train.py", "/srv/my-packages/net.py", False),
        ("/home/me/train.py", f"{sys.base_prefix}-work/net.py", False),
        ("/home/me/train.py", "/home/me/venv/lib/python3.11/site-packages/keras/layer.py", True),
        ("/home/me/train.py", "/usr/lib/python3/dist-packages/keras/layer.py", True),
        ("/home/me/train.py", json.__file__, True),
        ("/train.py", json.__file__, True),
        ("/env/site-packages/mine/nets.py", "/env/site-packages/mine/parts/net.py", False),
        ("/env/site-packages/mine/nets.py", "/env/site-packages/keras/layer.py", True),
        ("/env/site-packages/mine/nets.py", "/env/site-packages/mine/venv/site-packages/keras/layer.py", True),
        ("/env/site-packages/nets.py", "/env/site-packages/nets.py", False),
        ("/env/site-packages/nets.py", "/env/site-packages/keras/layer.py", True),
    ],
)
def test_what_lies_in_the_probed_file_s_folder_is_the_person_s_and_what_is_installed_elsewhere_is_not(
    probed: str, file: str, library: bool
) -> None:
    assert UserProject(Path(probed)).is_library(file) is library


@pytest.mark.parametrize(
    ("file", "has"),
    [
        ("/home/me/net.py", True),
        ("/home/me/parts/net.py", True),
        ("/home/menace/net.py", False),
        ("/home/me/venv/lib/python3.11/site-packages/keras/layer.py", False),
    ],
)
def test_a_project_is_a_folder_without_the_environments_in_it(file: str, has: bool) -> None:
    assert UserProject(Path("/home/me/train.py")).contains(file) is has
