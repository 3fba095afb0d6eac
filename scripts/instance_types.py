#!/usr/bin/env python3
"""Writes src/aws/instance_types/table.rs, the table of EC2 instance types.

The source is the answer of DescribeInstanceTypes that the PyPI package moto carries:

    python3 -m venv venv && venv/bin/pip install --no-deps 'moto==5.2.*'
    venv/bin/python scripts/instance_types.py && cargo test instance_types

Taken are the general families (t, m, c, r): t from its second generation, the others from their
fifth. Network figures are those of the default network card, the one a producer sends through.
"""

import gzip
import importlib.metadata
import importlib.util
import json
import pathlib
import re

OUTPUT = pathlib.Path(__file__).parent.parent / "src/aws/instance_types/table.rs"
FIRST_GENERATION = {"t": 2, "m": 5, "c": 5, "r": 5}
ARCHITECTURES = {"x86_64": "X86_64", "arm64": "ARM64"}
KINDS = {
    # (hypervisor, burstable, EBS-optimised)
    ("nitro", False, True): "NITRO",
    ("nitro", True, True): "NITRO_T",
    ("xen", True, False): "XEN_T",
    (None, False, True): "METAL",
}


def load():
    """The types by name, as moto keeps them."""
    package = pathlib.Path(importlib.util.find_spec("moto").origin).parent
    path = package / "ec2/resources/instance_types.json.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return json.load(file)


def wanted(name):
    """Whether the type is of one of the families taken."""
    family = re.match(r"([a-z]+)(\d+)", name)
    return family and int(family[2]) >= FIRST_GENERATION.get(family[1], 1000)


def row(name, facts):
    """The line of one type; fails on a combination the Rust side does not know."""
    network = facts["NetworkInfo"]
    card = network["NetworkCards"][network["DefaultNetworkCardIndex"]]
    known = [a for a in facts["ProcessorInfo"]["SupportedArchitectures"] if a in ARCHITECTURES]
    (architecture,) = known
    kind = KINDS[
        facts.get("Hypervisor"),
        facts["BurstablePerformanceSupported"],
        facts["EbsInfo"]["EbsOptimizedSupport"] == "default",
    ]
    figures = (
        facts["VCpuInfo"]["DefaultVCpus"],
        facts["MemoryInfo"]["SizeInMiB"],
        round(card["BaselineBandwidthInGbps"] * 1000),
        round(card["PeakBandwidthInGbps"] * 1000),
    )
    numbers = ", ".join(map(str, figures))
    return f'    t("{name}", {ARCHITECTURES[architecture]}, {numbers}, {kind}),\n'


def main():
    """Writes the table."""
    version = importlib.metadata.version("moto")
    rows = [row(name, facts) for name, facts in sorted(load().items()) if wanted(name)]
    OUTPUT.write_text(
        f"//! EC2 instance types, {len(rows)} of them. Written by `scripts/instance_types.py` from moto\n"
        f"//! {version}; edit the script, not this file.\n"
        "//!\n"
        "//! Columns: name, architecture, vCPUs, memory in MiB, baseline and burst network in Mbit/s, kind.\n"
        "\n"
        "use super::{ARM64, InstanceType, METAL, NITRO, NITRO_T, X86_64, XEN_T, row as t};\n"
        "\n"
        "#[rustfmt::skip]\n"
        "pub(super) static TYPES: &[InstanceType] = &[\n" + "".join(rows) + "];\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
