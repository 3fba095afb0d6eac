// Handlers of Firehose's record transform, to compare with.

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

/** The reference query: six columns of the users of at least 21 years. */
export const query = (event) => ({
  records: event.records.map(({ recordId, data }) => {
    let user;
    try {
      user = JSON.parse(Buffer.from(data, "base64").toString());
    } catch {
      return { recordId, result: "ProcessingFailed" };
    }
    if (!(user.dob?.age >= 21)) return { recordId, result: "Dropped" };
    const text = (value) => value?.slice(0, 16) ?? null;
    const { latitude, longitude } = user.location?.coordinates ?? {};
    const row = {
      FIRST: text(user.name?.first),
      LAST: text(user.name?.last),
      AGE: user.dob.age,
      GENDER: text(user.gender),
      LATITUDE: Number(latitude),
      LONGITUDE: Number(longitude),
    };
    return { recordId, result: "Ok", data: Buffer.from(JSON.stringify(row) + "\n").toString("base64") };
  }),
});
