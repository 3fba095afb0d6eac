"""Firehose's deliveries to OpenSearch, with the settings of a template, into a server of OpenSearch's API.

    firehose = FirehoseToSearch(properties, server.url)
    firehose.deliver([(b'{"a":1}', arrived)])     # what the transform returned, and when it arrived, in seconds since 1970
    firehose.backup                               # {key: lines} of the bucket next to it

Data Firehose developer guide, "Understand data delivery" and "Handle data delivery failures": a bulk request for a buffer; documents
that fail are sent again, and those that OpenSearch never accepts are stored with its status and its message.
"""

import base64
import json
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta

from endpoints import Retries

FINAL = (400, 403, 404)  # statuses of documents that are not sent again


def call(url, method="GET", body=None):
    """Status and JSON of a response."""
    data = body.encode() if isinstance(body, str) else body
    kind = "application/x-ndjson" if url.endswith("/_bulk") else "application/json"
    request = urllib.request.Request(url, data, {"Content-Type": kind}, method=method)
    try:
        with urllib.request.urlopen(request) as reply:
            return reply.status, json.loads(reply.read() or "{}")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or "{}")


def index(name, rotation, arrived):
    """The index of a document. The guide's convention for weeks: they begin on Sunday, and the first one has the first Saturday."""
    at = datetime.fromtimestamp(arrived, UTC)
    if rotation == "OneWeek":
        saturday = at + timedelta(days=(5 - at.weekday()) % 7)
        return f"{name}-{saturday.year}-w{(saturday.timetuple().tm_yday - 1) // 7 + 1:02}"
    forms = {"NoRotation": "", "OneHour": "-%Y-%m-%d-%H", "OneDay": "-%Y-%m-%d", "OneMonth": "-%Y-%m"}
    return name + at.strftime(forms[rotation])


def malformed(record):
    """Whether a record is no single JSON object on one line."""
    try:
        return b"\n" in record or not isinstance(json.loads(record), dict)
    except ValueError:
        return True


class FirehoseToSearch(Retries):
    """Firehose with OpenSearch."""

    error_type = "AmazonOpenSearchService-failed"
    SETTINGS = "AmazonopensearchserviceDestinationConfiguration"

    def __init__(self, properties, url, replies=()):
        (settings,) = (of for key, of in properties.items() if key.endswith("DestinationConfiguration"))
        super().__init__(settings)
        self.url = url
        # Statuses that a request gets on its way back although OpenSearch has accepted it.
        self.replies = list(replies)
        self.requests = []

    def deliver(self, records):
        self._batch(records)

    def _batch(self, batch):
        mode, bucket = self.settings["S3BackupMode"], self.settings["S3Configuration"]
        if mode.startswith("All"):
            self.backup.setdefault(bucket["Prefix"], []).extend(record for record, _ in batch)
        waiting = []
        for at, (record, arrived) in enumerate(batch):
            document = (f"49607357361271740811418664280693044274821622880012337186.{at}", self.index(arrived), record)
            if malformed(record):
                self._failed(document, "OS.MalformedData", "one or more records are malformed")
            else:
                waiting.append(document)
        start = self.clock
        wait = 1
        while waiting:
            faults = self._request(waiting)
            for document, (status, error) in faults:
                if status in FINAL:
                    self._failed(document, str(status), json.dumps(error))
            waiting = [document for document, (status, _) in faults if status not in FINAL]
            if waiting and self.clock + wait - start > self.settings["RetryOptions"]["DurationInSeconds"]:
                for document, (status, error) in faults:
                    self._failed(document, str(status), json.dumps(error))
                return
            self.clock += wait
            wait *= 2

    def index(self, arrived):
        # A collection has one index.
        return index(self.settings["IndexName"], self.settings.get("IndexRotationPeriod", "NoRotation"), arrived)

    def has_ids(self):
        return self.settings.get("DocumentIdOptions", {}).get("DefaultDocumentIdFormat") == "FIREHOSE_DEFAULT"

    def _request(self, documents):
        """The documents that were not accepted, each with its status and its error."""
        lines = []
        for identifier, name, record in documents:
            action = {"_index": name, **({"_id": identifier} if self.has_ids() else {})}
            lines += [json.dumps({"index": action}).encode(), record]
        body = b"\n".join(lines) + b"\n"
        self.requests.append(body)
        status, reply = call(f"{self.url}/_bulk", "POST", body)
        if self.replies:
            status = self.replies.pop(0)
        if status != 200:
            return [(document, (status, reply)) for document in documents]
        items = [item["index"] for item in reply["items"]]
        assert len(items) == len(documents)
        return [(d, (i["status"], i["error"])) for d, i in zip(documents, items, strict=True) if i["status"] >= 300]

    def _failed(self, document, code, message):
        identifier, name, record = document
        prefix = self.settings["S3Configuration"]["ErrorOutputPrefix"]
        key = prefix.replace("!{firehose:error-output-type}", self.error_type)
        line = {"errorCode": code, "errorMessage": message, "esDocumentId": identifier, "esIndexName": name}
        self.backup.setdefault(key, []).append({**line, "rawData": base64.b64encode(record).decode()})
