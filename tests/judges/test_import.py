"""Holds the descriptions of applications that `tests/import` reads to botocore's service models, so that what pipec reads
is what AWS prints."""

import json
from pathlib import Path

import botocore.session
import pytest
from test_deploy_scenarios import strange

SESSION = botocore.session.get_session()
CASES = Path(__file__).parent.parent / "import/cases"
DESCRIBED = [
    pytest.param(service, CASES / file, id=file)
    for service, file in [
        ("kinesisanalytics", "describe-v1/trades.json"),
        ("kinesisanalytics", "describe-stream/till.json"),
        ("kinesisanalyticsv2", "describe-v2/alerts.json"),
    ]
]


@pytest.mark.parametrize(("service", "file"), DESCRIBED)
def test_a_description_is_as_the_model_has_it(service, file):
    shape = SESSION.get_service_model(service).operation_model("DescribeApplication").output_shape
    assert not list(strange(shape, json.loads(file.read_text()), file.name))
