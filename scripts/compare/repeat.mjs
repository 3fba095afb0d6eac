// node repeat.mjs HANDLER EVENT REPEATS [REPLY]: from the event's bytes to the reply's, so many times.
import { readFileSync, writeFileSync } from "node:fs";
import * as handlers from "./handlers.mjs";

const [name, event, repeats, reply] = process.argv.slice(2);
const bytes = readFileSync(event);
const transform = () => Buffer.from(JSON.stringify(handlers[name](JSON.parse(bytes.toString()))));
if (reply) writeFileSync(reply, transform());
for (let n = 0; n < Number(repeats); n++) transform();
