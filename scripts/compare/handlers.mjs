// Two handlers of Firehose's record transform, to compare with.

/** What most tutorials have: the newline's base64 glued to the record's. Broken wherever that ends in padding. */
export const glue = (event) => ({
  records: event.records.map(({ recordId, data }) => ({ recordId, result: "Ok", data: data + "Cg==" })),
});

/** The same done right: decoded, checked, ended with a newline, encoded. */
export const decode = (event) => ({
  records: event.records.map(({ recordId, data }) => {
    const payload = Buffer.from(String(data), "base64");
    // Node decodes anything; what was base64 gives itself again.
    if (payload.toString("base64") !== data) return { recordId, result: "ProcessingFailed" };
    const ended = payload.at(-1) === 10 ? payload : Buffer.concat([payload, Buffer.from("\n")]);
    return { recordId, result: "Ok", data: ended.toString("base64") };
  }),
});
