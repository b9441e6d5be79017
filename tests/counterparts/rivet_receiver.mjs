// Zoom's own receiver library on a free loopback port: prints one JSON line when it listens, then one for
// each event it accepted, and ends when its standard input does. Arguments: the events to listen for.
import { HttpReceiver, MeetingsS2SAuthClient } from "@zoom/rivet/meetings";

const print = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

const client = new MeetingsS2SAuthClient({
  accountId: "account",
  clientId: "client",
  clientSecret: "unused, since nothing here calls Zoom",
  receiver: new HttpReceiver({ port: 0, webhooksSecretToken: process.env.RIVET_SECRET_TOKEN }),
});
for (const event of process.argv.slice(2)) {
  client.webEventConsumer.event(event, (accepted) => print({ accepted }));
}

// The argument goes to the server's listen(), which binds every interface unless it names one.
const server = await client.receiver.start({ host: "127.0.0.1", port: 0 });
process.stdin.resume().on("end", () => process.exit(0));
print({ port: server.address().port });
