// node runtime.mjs HANDLER: the least of a Lambda runtime, with one connection that is kept.
import { Agent, request } from "node:http";
import * as handlers from "./handlers.mjs";

const address = process.env.AWS_LAMBDA_RUNTIME_API;
const api = `${address.startsWith("http") ? "" : "http://"}${address}/2018-06-01/runtime/invocation`;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const handler = handlers[process.argv[2]];

const call = (method, path, body) =>
  new Promise((resolve, reject) => {
    const headers = body ? { "content-length": body.length } : {};
    const sent = request(`${api}${path}`, { method, agent, headers }, (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("end", () => resolve({ headers: response.headers, body: Buffer.concat(parts) }));
      response.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });

for (;;) {
  const { headers, body } = await call("GET", "/next");
  const reply = Buffer.from(JSON.stringify(handler(JSON.parse(body.toString()))));
  await call("POST", `/${headers["lambda-runtime-aws-request-id"]}/response`, reply);
}
