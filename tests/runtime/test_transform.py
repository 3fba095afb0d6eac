"""The packed transform under an emulated Lambda."""

import pytest

from emulated_lambda import Function, init_error


@pytest.fixture(scope="module")
def transform(packed, tmp_path_factory):
    with Function(packed("transform"), tmp_path_factory.mktemp("transform")) as function:
        yield function


def test_answers(transform):
    answer = transform.invoke({"invocationId": "i", "records": [{"recordId": "1", "data": "YQ=="}]})
    assert not answer.failed, answer
    assert answer.json == {"records": [{"recordId": "1", "result": "Ok", "data": "YQo="}]}


def test_says_why_it_does_not_start(packed, tmp_path):
    failure = init_error(packed("transform"), tmp_path, files={"transform.json": b"{"})
    assert "cannot use" in failure.error["errorMessage"]
    assert failure.exit_code == 1
    assert failure.log_lines[0]["message"] == failure.error["errorMessage"]
