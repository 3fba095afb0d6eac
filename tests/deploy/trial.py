"""A pipeline of an account of its own that is deployed under bad conditions, and what has to hold after each run."""

import re

from emulated_aws import clients

import deployed
from faulty_proxy import faulty_proxy
from program import Project

# CloudFormation, or the way to it, does not answer.
UNREACHABLE = "PIPE1111"


class Trial:
    """A project of ministack's, whose spec is deployed already where it is `settled`, and then changed."""

    def __init__(self, emulator, key, folder, example="orders-archive.yaml", settled=False):
        self.project = Project(folder, example, emulator.address, key)
        self.client = clients(emulator.address, key, s3={"addressing_style": "path"})
        if settled:
            self.check_done(self.project.deploy())
            self.project.edit("2 MiB, interval: 60 s", "2 MiB, interval: 90 s")

    def deploy(self, fault, **environment):
        """The run, and the faults that it met."""
        with faulty_proxy(self.project.address, fault) as proxy:
            run = self.project.deploy(AWS_ENDPOINT_URL=proxy.address, **environment)
            return run, proxy.hit

    @property
    def status(self):
        return deployed.status(self.client, self.project.name)

    def check_sane(self, run):
        """What a run says is so, and what it sent is whole."""
        assert "panicked" not in run.told
        for name, status in re.findall(r"^stack (\S+): (\S+) after", run.stderr, re.MULTILINE):
            assert (name, status) == (self.project.name, self.status), run.told
        if "is up to date" in run.told:
            assert self.is_done(), run.told
        said = set(re.findall(r"^ +\d+:\d\d  (\w+) .* created in", run.stderr, re.MULTILINE))
        assert said <= self.created(), run.told
        for bucket in self.client("s3").list_buckets()["Buckets"]:
            if bucket["Name"].startswith("pipec-artifacts"):
                deployed.check_bucket(self.client, bucket["Name"])

    def created(self):
        """The resources that are there, those of pipec's own stack among them."""
        found = []
        for name in (self.project.name, "pipec-artifacts"):
            if deployed.stack(self.client, name):
                found += self.client("cloudformation").describe_stack_resources(StackName=name)["StackResources"]
        return {r["LogicalResourceId"] for r in found if r["ResourceStatus"] in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}}

    def is_done(self):
        """Whether the stack is what the spec says."""
        if self.status not in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
            return False
        built = self.project.built()
        return deployed.template(self.client, built.name) == built.template.text

    def check_done(self, run):
        assert run.code == 0, run.told
        self.check_sane(run)
        assert self.is_done(), run.told
        keys = deployed.check_artifacts(self.client, self.project.name)
        assert {a["s3_key"] for a in self.project.built().artifacts.values()} <= keys
