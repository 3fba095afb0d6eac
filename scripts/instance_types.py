#!/usr/bin/env python3
"""Writes the tables of EC2 instance types in src/aws/instance_types: table.rs, and offerings.rs with the families that
a region does not offer.

The sources are the answers of DescribeInstanceTypes and DescribeInstanceTypeOfferings that the PyPI package moto carries:

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

FOLDER = pathlib.Path(__file__).parent.parent / "src/aws/instance_types"
OUTPUT = FOLDER / "table.rs"
OFFERINGS = FOLDER / "offerings.rs"
FIRST_GENERATION = {"t": 2, "m": 5, "c": 5, "r": 5}
ARCHITECTURES = {"x86_64": "X86_64", "arm64": "ARM64"}
KINDS = {
    # (hypervisor, burstable, EBS-optimised)
    ("nitro", False, True): "NITRO",
    ("nitro", True, True): "NITRO_T",
    ("xen", True, False): "XEN_T",
    (None, False, True): "METAL",
}


def resources():
    """The folder of moto's answers."""
    return pathlib.Path(importlib.util.find_spec("moto").origin).parent / "ec2/resources"


def load():
    """The types by name, as moto keeps them."""
    with gzip.open(resources() / "instance_types.json.gz", "rt", encoding="utf-8") as file:
        return json.load(file)


def offered():
    """The families that each region offers."""
    families = {}
    for path in sorted((resources() / "instance_type_offerings/region").glob("*.json.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            names = {offering["InstanceType"] for offering in json.load(file)}
        families[path.name.removesuffix(".json.gz")] = {name.split(".")[0] for name in names}
    return families


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


def write_offerings(version, families):
    """Writes the families of the table that each region lacks."""
    rows = []
    for region, there in offered().items():
        missing = " ".join(sorted(families - there))
        rows.append(f'    ("{region}", "{missing}"),\n')
    OFFERINGS.write_text(
        "//! Families of instance types that a region does not offer. Written by `scripts/instance_types.py` from moto\n"
        f"//! {version}; edit the script, not this file.\n"
        "\n"
        "#[rustfmt::skip]\n"
        "pub(super) static MISSING: &[(&str, &str)] = &[\n" + "".join(rows) + "];\n",
        encoding="utf-8",
    )


def main():
    """Writes the tables."""
    version = importlib.metadata.version("moto")
    write_offerings(version, {name.split(".")[0] for name in load() if wanted(name)})
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
